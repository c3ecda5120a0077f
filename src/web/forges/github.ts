import { createHmac } from 'node:crypto';
import { digestOf, type Forge, same } from './forge.ts';
import { part, payloadOf, pushOf } from './payload.ts';

/*
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries: X-Hub-Signature-256 is
 * `sha256=` and the HMAC of the raw body. X-GitHub-Delivery is not signed, so it does not tell one delivery from
 * another: the body does, which carries when it was pushed.
 */
export const github: Forge = {
  name: 'github',
  sends: (header) => header('x-github-event') !== '',
  signed(header, body, secret) {
    const right = createHmac('sha256', secret).update(body).digest('hex');
    return same(header('x-hub-signature-256'), `sha256=${right}`);
  },
  read(header, body) {
    const event = header('x-github-event').slice(0, 64);
    const delivery = digestOf(body);
    if (event !== 'push') return { delivery, event, push: null, why: event === 'ping' ? 'ping' : 'other' };
    const payload = payloadOf(header('content-type'), body);
    return { delivery, event, ...pushOf(payload, part(part(payload, 'pusher'), 'name')) };
  },
};
