import { createHmac } from 'node:crypto';
import type { Option, OptionValues } from '../model/option.ts';
import { type Channel, NotSent } from './channel.ts';
import { plainWords } from './plain-words.ts';
import { post } from './post.ts';
import { gatewayOf, gatewayOption, gatewayProblem } from './robot-gateway.ts';
import { keywordOption, secretOption } from './robot-options.ts';
import { bytesInJson, codeIn, missingKeyword, plainText } from './robot-words.ts';

/*
 * Feishu's custom bots, as https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot tells: a token in the
 * path, a signature over timestamp and secret, at most 100 messages a minute and 5 a second, a body of at most 20 KB,
 * errors as `code` in an answer with status 200.
 */
const GATEWAY = 'https://open.feishu.cn';
const MOST_BYTES = 16_000;
const LIMITED = new Set([11232]);
const LIMITED_MS = 60_000;
/** Signature, address or keyword not accepted; token unknown, bot stopped; form refused. */
const FOR_GOOD = new Set([19001, 19002, 19021, 19022, 19024, 9499, 10003]);

const options: readonly Option[] = [
  secretOption('token'),
  secretOption('secret'),
  keywordOption,
  gatewayOption,
];

export const feishu: Channel = {
  name: 'feishu',
  hears: 'people',
  options,
  perMinute: 100,
  perSecond: 5,
  identity: 'token',
  problem(values, means) {
    if (!values.token) return { option: 'token', code: 'required' };
    return gatewayProblem(gatewayOf(values, GATEWAY), GATEWAY, means);
  },
  async send(message, values, means) {
    const wrong = feishu.problem?.(values, means);
    if (wrong) throw new NotSent(`${wrong.option}: ${means.t(`field.${wrong.code}`)}`, true);
    const path = `/open-apis/bot/v2/hook/${encodeURIComponent(values.token ?? '')}`;
    const keyword = missingKeyword(values, plainWords(message.title, 200));
    const weight = (text: string) => bytesInJson(callingNobody(text));
    const content = { text: callingNobody(plainText(message, MOST_BYTES, keyword, weight)) };
    const body = { ...signed(values), msg_type: 'text', content };
    const answer = await post(new URL(path, gatewayOf(values, GATEWAY)), JSON.stringify(body), {}, means);
    const { code, words } = codeIn(answer.text, ['code', 'StatusCode']);
    if (answer.status === 200 && code === 0) return { code: answer.status, text: words };
    if (answer.status === 429 || (code !== null && LIMITED.has(code)))
      throw new NotSent(words, false, answer.status, LIMITED_MS);
    throw new NotSent(words, code !== null && FOR_GOOD.has(code), answer.status);
  },
};

/** `<at user_id="all">` calls everybody. */
function callingNobody(text: string): string {
  return text.replaceAll('<', '\uff1c');
}

function signed({ secret }: OptionValues): { timestamp?: string; sign?: string } {
  if (!secret) return {};
  const timestamp = String(Math.floor(Date.now() / 1000));
  return { timestamp, sign: feishuSignature(timestamp, secret) };
}

/** HMAC-SHA256 of nothing under timestamp, line feed and secret, in base64. @param timestamp in seconds */
export function feishuSignature(timestamp: string, secret: string): string {
  return createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64');
}
