import type { Channel } from './channel.ts';
import { dingtalk } from './dingtalk.ts';
import { email } from './email.ts';
import { feishu } from './feishu.ts';
import { webhook } from './webhook.ts';
import { wecom } from './wecom.ts';

/** Every way to tell something, in the order of the form. */
export const channels: readonly Channel[] = [dingtalk, wecom, feishu, email, webhook];

/** @throws Error for a kind that is not listed. */
export function channelOf(name: string): Channel {
  const channel = channels.find((one) => one.name === name);
  if (!channel) throw new Error(`no channel ${name}`);
  return channel;
}
