import { createHmac } from 'node:crypto';
import { keyOf } from '../../notify/webhook.ts';
import { digestOf, type Forge, type Header, same } from './forge.ts';
import { part, payloadOf, pushOf } from './payload.ts';

/** A signature older or newer than this is refused, as the Standard Webhooks specification asks. */
const TOLERANCE_S = 300;

/*
 * https://docs.gitlab.com/user/project/integrations/webhooks/: X-Gitlab-Token is the secret itself; with a signing
 * token there is `webhook-signature` over `webhook-id.webhook-timestamp.body` besides, and where it is there it
 * counts alone. Idempotency-Key (17.4 and newer, equal to webhook-id) is the same for every try of a delivery.
 */
export const gitlab: Forge = {
  name: 'gitlab',
  sends: (header) => header('x-gitlab-event') !== '',
  signed(header, body, secret, now) {
    if (header('webhook-signature')) return rightlySigned(header, body, secret, now);
    return same(header('x-gitlab-token'), secret);
  },
  read(header, body) {
    const event = header('x-gitlab-event').slice(0, 64);
    const delivery = idOf(header, body);
    if (event !== 'Push Hook')
      return { delivery, event, push: null, why: event === 'Tag Push Hook' ? 'tag' : 'other' };
    const payload = payloadOf(header('content-type'), body);
    return {
      delivery,
      event,
      ...pushOf(payload, part(payload, 'user_username') ?? part(payload, 'user_name')),
    };
  },
};

function rightlySigned(header: Header, body: Buffer, secret: string, now: number): boolean {
  const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')];
  const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest('base64');
  const matches = header('webhook-signature')
    .split(' ')
    .map((signature) => same(signature, `v1,${mac}`));
  return matches.includes(true) && Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE_S;
}

/** The forge's id where it has the shape of one, else the body's. */
function idOf(header: Header, body: Buffer): string {
  const signed = header('webhook-signature') ? header('webhook-id') : '';
  const id = signed || header('idempotency-key') || header('x-gitlab-event-uuid');
  return /^[A-Za-z0-9_-]{8,64}$/.test(id) ? id : digestOf(body);
}
