import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { judgeAddress } from '../model/host-address.ts';
import type { Option, OptionValues } from '../model/option.ts';
import { type Channel, type Means, NotSent, type Problem } from './channel.ts';
import { mailOf } from './mail-text.ts';
import { sendMail } from './mail-transport.ts';

const MOST_RECIPIENTS = 50;
const modes = ['starttls', 'implicit', 'none'] as const;

/** Nothing but what stands in an address without quotes: no list, no name and no line can be put into a header. */
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@(?=.{1,253}$)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/;

const line = (most: number) => z.string().trim().max(most);
const serverText = line(253).regex(/^[A-Za-z0-9.:-]*$/, 'address');
const portText = line(5).refine(
  (text) => /^\d+$/.test(text) && Number(text) > 0 && Number(text) < 65_536,
  'port_number',
);
const userText = line(200).regex(/^[^\x00-\x1f\x7f]*$/, 'line');
const senderText = line(320).refine((text) => text === '' || ADDRESS.test(text), 'mail_address');
const recipientsText = line(16_000).refine(
  (text) => wordsOf(text).every((one) => ADDRESS.test(one)),
  'mail_address',
);

const options: readonly Option[] = [
  { name: 'server', kind: 'line', schema: serverText, initial: '' },
  { name: 'port', kind: 'number', schema: portText, initial: '587' },
  { name: 'tls', kind: 'choice', schema: z.enum(modes), initial: 'starttls', choices: modes },
  { name: 'user', kind: 'line', schema: userText, initial: '' },
  { name: 'password', kind: 'secret', schema: userText, initial: '' },
  { name: 'sender', kind: 'line', schema: senderText, initial: '' },
  { name: 'recipients', kind: 'lines', schema: recipientsText, initial: '' },
  { name: 'ca', kind: 'lines', schema: line(40_000).refine(isAuthority, 'certificate'), initial: '' },
];

/** E-mail over SMTP (RFC 5321), encrypted, to the addresses that the channel names. */
export const email: Channel = {
  name: 'email',
  hears: 'people',
  options,
  perMinute: 20,
  problem: problemOf,
  async send(message, values, means) {
    const wrong = problemOf(values, means);
    if (wrong) throw new NotSent(`${wrong.option}: ${means.t(`field.${wrong.code}`)}`, true);
    const { server = '', user = '', password = '', ca = '', sender = '' } = values;
    const settings = {
      ...{ host: server, port: Number(values.port), mode: modeOf(values) },
      ...{ login: user === '' ? null : { user, password }, ca: ca === '' ? null : ca },
      rules: { allowLoopback: means.allowLoopback || isListed(values, means), own: means.own },
      deadlineMs: means.deadlineMs,
    };
    return sendMail(settings, mailOf(message, { sender, recipients: recipientsOf(values) }, means.t));
  },
};

function problemOf(
  values: OptionValues,
  means: Pick<Means, 'mailHosts' | 'allowLoopback' | 'own'>,
): Problem | null {
  const { server = '', user, password, sender } = values;
  if (server === '') return { option: 'server', code: 'required' };
  const listed = isListed(values, means);
  const verdict = judgeAddress(server, { allowLoopback: means.allowLoopback || listed, own: means.own });
  if (!verdict.ok) return { option: 'server', code: verdict.code };
  const plain = modeOf(values) === 'none' && !listed && !/^(127\.|::1$|localhost$)/.test(server);
  if (plain) return { option: 'tls', code: 'mail_plain' };
  if (user && !password) return { option: 'password', code: 'required' };
  if (!sender) return { option: 'sender', code: 'required' };
  const recipients = recipientsOf(values);
  if (recipients.length === 0) return { option: 'recipients', code: 'required' };
  return recipients.length > MOST_RECIPIENTS ? { option: 'recipients', code: 'mail_recipients' } : null;
}

function isListed({ server = '', port }: OptionValues, { mailHosts }: Pick<Means, 'mailHosts'>): boolean {
  return [server, `${server}:${port}`].some((one) => mailHosts.includes(one.toLowerCase()));
}

function modeOf({ tls }: OptionValues): (typeof modes)[number] {
  return modes.find((mode) => mode === tls) ?? 'starttls';
}

function recipientsOf({ recipients = '' }: OptionValues): string[] {
  return [...new Set(wordsOf(recipients))];
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}

/** Empty, or certificates as PEM and nothing else. */
function isAuthority(text: string): boolean {
  const found = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  if (found.join('').replace(/\s/g, '') !== text.replace(/\s/g, '')) return false;
  return found.every((one) => {
    try {
      return new X509Certificate(one).raw.length > 0;
    } catch {
      return false;
    }
  });
}
