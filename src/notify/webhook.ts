import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { judgeAddress } from '../model/host-address.ts';
import type { ChangeEvent } from '../model/notice.ts';
import type { Option, OptionValues } from '../model/option.ts';
import { type Channel, type Means, NotSent } from './channel.ts';
import { post } from './post.ts';

const options: readonly Option[] = [
  {
    name: 'url',
    kind: 'line',
    schema: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .regex(/^[\x21-\x7e]+$/, 'url'),
    initial: '',
  },
  {
    name: 'secret',
    kind: 'secret',
    schema: z
      .string()
      .trim()
      .regex(/^(?:[\x21-\x7e]{16,200})?$/, 'webhook_secret'),
    initial: '',
  },
];

/** Tells a program each change of an operation, signed as https://www.standardwebhooks.com says. */
export const webhook: Channel = {
  name: 'webhook',
  hears: 'programs',
  options,
  perMinute: null,
  problem(values, { allowLoopback, own }) {
    const url = URL.canParse(values.url ?? '') ? new URL(values.url ?? '') : null;
    if (!url || url.username || url.password || !/^https?:$/.test(url.protocol))
      return { option: 'url', code: 'url' };
    const verdict = judgeAddress(url.hostname.replace(/^\[|\]$/g, ''), { allowLoopback, own });
    if (!verdict.ok) return { option: 'url', code: verdict.code };
    if (url.protocol === 'http:' && !(allowLoopback && isLoopback(url.hostname)))
      return { option: 'url', code: 'url_https' };
    return values.secret ? null : { option: 'secret', code: 'required' };
  },
  async send(message, values, means) {
    const wrong = webhook.problem?.(values, means);
    if (wrong) throw new NotSent(`${wrong.option}: ${means.t(`field.${wrong.code}`)}`, true);
    const body = JSON.stringify(bodyOf(message.event, means));
    const { status, text, waitMs } = await post(
      new URL(values.url ?? ''),
      body,
      headersOf(message.id, body, values),
      means,
    );
    const words = text
      .replace(/[\s\x00-\x1f]+/g, ' ')
      .trim()
      .slice(0, 200);
    if (status >= 200 && status < 300) return { code: status, text: words };
    throw new NotSent(words || `HTTP ${status}`, status === GONE, status, Math.min(waitMs, LONGEST_WAIT_MS));
  },
};

/** The receiver wants nothing more, ever. */
const GONE = 410;
const LONGEST_WAIT_MS = 3_600_000;

function isLoopback(hostname: string): boolean {
  return /^(127\.|\[::1\]|localhost$)/.test(hostname);
}

function bodyOf(event: ChangeEvent | null, { baseUrl }: Means): unknown {
  if (!event) throw new NotSent('a text for people, not a change', true);
  const { type, timestamp, data, path } = event;
  const url = path && baseUrl ? new URL(path, baseUrl).href : null;
  return { type, timestamp, data: { ...data, url } };
}

function headersOf(id: string, body: string, values: OptionValues): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signed = createHmac('sha256', keyOf(values.secret ?? '')).update(`${id}.${timestamp}.${body}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signed.digest('base64')}`,
  };
}

/** The bytes of a secret: `whsec_` and base64 as the standard writes it, or any other text as it is. */
export function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
}
