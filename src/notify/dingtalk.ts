import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Option, OptionValues } from '../model/option.ts';
import { type Answer, type Channel, type Means, type Message, NotSent } from './channel.ts';
import { markdownWords, plainWords } from './plain-words.ts';
import { post } from './post.ts';

/*
 * DingTalk's custom robots, as https://open.dingtalk.com/document/robots/custom-robot-access tells: signature over
 * timestamp and secret, at most 20 messages a minute and robot (more: silence of ten minutes), a body of at most
 * 20000 bytes, errors as `errcode` in an answer with status 200.
 */
const GATEWAY = 'https://oapi.dingtalk.com';
const LIMITED = new Set([130101, 410100]);
const LIMITED_MS = 600_000;
/** Token, signature, keyword or address not accepted; robot or group gone; content refused. */
const FOR_GOOD = new Set([
  ...[300001, 300005, 310000, 40035, 400013, 400101, 400102, 400105, 400106],
  ...[430101, 430102, 430103, 430104],
]);
const MOST_LINES_BYTES = 16_000;

const text = (most: number, pattern: RegExp, code: string) =>
  z.string().trim().max(most).regex(pattern, code);
const secretText = text(200, /^[\x21-\x7e]*$/, 'line');
const lineText = text(64, /^[^\x00-\x1f\x7f]*$/, 'line');
const mobilesText = text(400, /^(\+?\d{5,20}([ ,]+\+?\d{5,20})*)?$/, 'mobiles');
const gatewayText = text(200, /^(https?:\/\/[A-Za-z0-9.:[\]-]+\/?)?$/, 'url');
const formats = ['markdown', 'text'] as const;

const options: readonly Option[] = [
  { name: 'token', kind: 'secret', schema: secretText, initial: '' },
  { name: 'secret', kind: 'secret', schema: secretText, initial: '' },
  { name: 'keyword', kind: 'line', schema: lineText, initial: '' },
  { name: 'format', kind: 'choice', schema: z.enum(formats), initial: 'markdown', choices: formats },
  { name: 'mobiles', kind: 'line', schema: mobilesText, initial: '' },
  { name: 'gateway', kind: 'line', schema: gatewayText, initial: '' },
];

export const dingtalk: Channel = {
  name: 'dingtalk',
  hears: 'people',
  options,
  perMinute: 20,
  identity: 'token',
  problem(values, { robotHosts, allowLoopback }) {
    if (!values.token) return { option: 'token', code: 'required' };
    const gateway = gatewayOf(values);
    const known = robotHosts.includes(gateway.host) || robotHosts.includes(gateway.hostname);
    const safe = gateway.protocol === 'https:' || allowLoopback;
    return known && safe ? null : { option: 'gateway', code: 'robot_host' };
  },
  async send(message, values, means) {
    const wrong = dingtalk.problem?.(values, means);
    if (wrong) throw new NotSent(`${wrong.option}: ${means.t(`field.${wrong.code}`)}`, true);
    const body = JSON.stringify(bodyOf(message, values, means));
    return judge(await post(addressOf(values), body, {}, means));
  },
};

function gatewayOf(values: OptionValues): URL {
  return new URL(values.gateway || GATEWAY);
}

function addressOf(values: OptionValues): URL {
  const url = new URL('/robot/send', gatewayOf(values));
  url.searchParams.set('access_token', values.token ?? '');
  if (!values.secret) return url;
  const timestamp = String(Date.now());
  url.searchParams.set('timestamp', timestamp);
  url.searchParams.set('sign', signature(timestamp, values.secret));
  return url;
}

/** HMAC-SHA256 of timestamp, line feed and secret under the secret, in base64. */
export function signature(timestamp: string, secret: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
}

function bodyOf(message: Message, values: OptionValues, { t }: Means): Record<string, unknown> {
  const mobiles = message.urgent ? (values.mobiles ?? '').split(/[ ,]+/).filter(Boolean) : [];
  const at = { atMobiles: mobiles, isAtAll: false };
  const calls = mobiles.map((mobile) => `@${mobile}`).join(' ');
  const title = plainWords(message.title, 200);
  const keyword = values.keyword && !title.includes(values.keyword) ? values.keyword : '';
  const lines = fitting(message.lines, title);
  if (values.format === 'text') {
    const plain = [keyword, title, ...lines.map((line) => plainWords(line)), message.link, calls];
    return { msgtype: 'text', text: { content: plain.filter(Boolean).join('\n') }, at };
  }
  const parts = [
    `#### ${[keyword, markdownWords(message.title, 200)].filter(Boolean).join(' ')}`,
    lines.map((line) => `- ${markdownWords(line)}`).join('\n'),
    message.link ? `[${t('notice.open')}](${message.link})` : '',
    calls,
  ];
  return { msgtype: 'markdown', markdown: { title, text: parts.filter(Boolean).join('\n\n') }, at };
}

/** As many lines as the robot takes; the last one says that some are missing. */
function fitting(lines: readonly string[], title: string): string[] {
  let bytes = Buffer.byteLength(title);
  const fits = lines.filter((line) => {
    bytes += Buffer.byteLength(markdownWords(line)) + 3;
    return bytes < MOST_LINES_BYTES;
  });
  return fits.length === lines.length ? fits : [...fits, `… +${lines.length - fits.length}`];
}

function judge({ status, text }: { status: number; text: string }): Answer {
  const { errcode, errmsg } = readAnswer(text);
  const words = `errcode ${errcode ?? '?'}: ${errmsg}`.slice(0, 300);
  if (status === 200 && errcode === 0) return { code: status, text: words };
  if (errcode !== null && LIMITED.has(errcode)) throw new NotSent(words, false, status, LIMITED_MS);
  if (errcode !== null && FOR_GOOD.has(errcode)) throw new NotSent(words, true, status);
  throw new NotSent(words, false, status);
}

function readAnswer(text: string): { errcode: number | null; errmsg: string } {
  try {
    const { errcode, errmsg } = JSON.parse(text) as { errcode?: unknown; errmsg?: unknown };
    return { errcode: typeof errcode === 'number' ? errcode : null, errmsg: String(errmsg ?? '') };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { errcode: null, errmsg: text.replace(/\s+/g, ' ').trim() };
  }
}
