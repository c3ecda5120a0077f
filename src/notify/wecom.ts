import type { Option } from '../model/option.ts';
import { type Channel, NotSent } from './channel.ts';
import { post } from './post.ts';
import { gatewayOf, gatewayOption, gatewayProblem } from './robot-gateway.ts';
import { mobilesOption, secretOption } from './robot-options.ts';
import { calledBy, codeIn, plainText } from './robot-words.ts';

/*
 * WeCom's group robots, as https://developer.work.weixin.qq.com/document/path/91770 tells: a key in the address, at
 * most 20 messages a minute and robot, a text of at most 2048 bytes, errors as `errcode` in an answer with status 200.
 */
const GATEWAY = 'https://qyapi.weixin.qq.com';
const MOST_BYTES = 2048;
const LIMITED = 45009;
const LIMITED_MS = 60_000;
/** Key unknown or robot removed, content or form refused. */
const FOR_GOOD = new Set([93000, 93004, 93008, 40008, 40058, 44004, 45002]);

const options: readonly Option[] = [secretOption('key', /^[A-Za-z0-9-]*$/), mobilesOption, gatewayOption];

export const wecom: Channel = {
  name: 'wecom',
  hears: 'people',
  options,
  perMinute: 20,
  identity: 'key',
  problem(values, means) {
    if (!values.key) return { option: 'key', code: 'required' };
    return gatewayProblem(gatewayOf(values, GATEWAY), GATEWAY, means);
  },
  async send(message, values, means) {
    const wrong = wecom.problem?.(values, means);
    if (wrong) throw new NotSent(`${wrong.option}: ${means.t(`field.${wrong.code}`)}`, true);
    const url = new URL('/cgi-bin/webhook/send', gatewayOf(values, GATEWAY));
    url.searchParams.set('key', values.key ?? '');
    const text = {
      content: plainText(message, MOST_BYTES),
      mentioned_mobile_list: calledBy(values, message),
    };
    const answer = await post(url, JSON.stringify({ msgtype: 'text', text }), {}, means);
    const { code, words } = codeIn(answer.text, ['errcode']);
    if (answer.status === 200 && code === 0) return { code: answer.status, text: words };
    if (code === LIMITED) throw new NotSent(words, false, answer.status, LIMITED_MS);
    throw new NotSent(words, code !== null && FOR_GOOD.has(code), answer.status);
  },
};
