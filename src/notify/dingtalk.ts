import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Option, OptionValues } from '../model/option.ts';
import { type Answer, type Channel, type Means, type Message, NotSent } from './channel.ts';
import { type Line, markdownLine, plainLine } from './line.ts';
import { markdownWords, plainWords } from './plain-words.ts';
import { post } from './post.ts';
import { gatewayOf, gatewayOption, gatewayProblem } from './robot-gateway.ts';
import { keywordOption, mobilesOption, secretOption } from './robot-options.ts';
import { bytesInJson, calledBy, codeIn, missingKeyword } from './robot-words.ts';

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
  ...[430101, 430102, 430103, 430104, 460101],
]);
const MOST_LINES_BYTES = 16_000;

const formats = ['markdown', 'text'] as const;

const options: readonly Option[] = [
  secretOption('token'),
  secretOption('secret'),
  keywordOption,
  { name: 'format', kind: 'choice', schema: z.enum(formats), initial: 'markdown', choices: formats },
  mobilesOption,
  gatewayOption,
];

export const dingtalk: Channel = {
  name: 'dingtalk',
  hears: 'people',
  options,
  perMinute: 20,
  identity: 'token',
  problem(values, means) {
    if (!values.token) return { option: 'token', code: 'required' };
    return gatewayProblem(gatewayOf(values, GATEWAY), GATEWAY, means);
  },
  async send(message, values, means) {
    const wrong = dingtalk.problem?.(values, means);
    if (wrong) throw new NotSent(`${wrong.option}: ${means.t(`field.${wrong.code}`)}`, true);
    const body = JSON.stringify(bodyOf(message, values, means));
    return judge(await post(addressOf(values), body, {}, means));
  },
};

function addressOf(values: OptionValues): URL {
  const url = new URL('/robot/send', gatewayOf(values, GATEWAY));
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
  const mobiles = calledBy(values, message);
  const at = { atMobiles: mobiles, isAtAll: false };
  const calls = mobiles.map((mobile) => `@${mobile}`).join(' ');
  const title = plainWords(message.title, 200);
  const keyword = missingKeyword(values, title);
  if (values.format === 'text') {
    const plain = [...keyword, title, ...fitting(message.lines, plainLine), message.link, calls];
    return { msgtype: 'text', text: { content: plain.filter(Boolean).join('\n') }, at };
  }
  const parts = [
    `#### ${[...keyword, markdownWords(message.title, 200)].join(' ')}`,
    fitting(message.lines, (line) => `- ${markdownLine(line)}`).join('\n'),
    message.link ? `[${t('notice.open')}](${message.link})` : '',
    calls,
  ];
  return { msgtype: 'markdown', markdown: { title, text: parts.filter(Boolean).join('\n\n') }, at };
}

/** As many lines, said so, as the robot takes beside the rest; the last one says how many are missing. */
function fitting(lines: readonly Line[], said: (line: Line) => string): string[] {
  let bytes = 0;
  const fits = lines.map(said).filter((line) => {
    bytes += bytesInJson(`${line}\n`);
    return bytes < MOST_LINES_BYTES;
  });
  const missing = { text: `… +${lines.length - fits.length}`, link: null };
  return fits.length === lines.length ? fits : [...fits, said(missing)];
}

function judge({ status, text }: { status: number; text: string }): Answer {
  const { code, words } = codeIn(text, ['errcode']);
  if (status === 200 && code === 0) return { code: status, text: words };
  if (code !== null && LIMITED.has(code)) throw new NotSent(words, false, status, LIMITED_MS);
  throw new NotSent(words, code !== null && FOR_GOOD.has(code), status);
}
