import { createHmac } from 'node:crypto';
import { digestOf, type Forge, same } from './forge.ts';
import { part, payloadOf, pushOf } from './payload.ts';

const HOUR = 3_600_000;

/*
 * https://help.gitee.com/webhook/gitee-webhook-push-data-format: X-Gitee-Token is the password itself, or with a
 * signing key the base64 of HMAC-SHA256 over `timestamp\nkey` (X-Gitee-Timestamp, ms, at most an hour off). There
 * is no id of a delivery; the body carries the timestamp.
 */
export const gitee: Forge = {
  name: 'gitee',
  sends: (header) => header('x-gitee-event') !== '',
  signed(header, _body, secret, now) {
    const [token, timestamp] = [header('x-gitee-token'), header('x-gitee-timestamp')];
    const mac = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
    const isFresh = Math.abs(now - Number(timestamp || Number.NaN)) <= HOUR;
    const [asSignature, asPassword] = [same(token, mac), same(token, secret)];
    return (asSignature && isFresh) || asPassword;
  },
  read(header, body) {
    const event = header('x-gitee-event').slice(0, 64);
    const delivery = digestOf(body);
    if (header('x-gitee-ping') === 'true') return { delivery, event, push: null, why: 'ping' };
    if (event !== 'Push Hook')
      return { delivery, event, push: null, why: event === 'Tag Push Hook' ? 'tag' : 'other' };
    const payload = payloadOf(header('content-type'), body);
    const pusher = part(payload, 'pusher') ?? part(payload, 'sender');
    return { delivery, event, ...pushOf(payload, part(pusher, 'username') ?? part(payload, 'user_name')) };
  },
};
