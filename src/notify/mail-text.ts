import type { Translate } from '../i18n/index.ts';
import type { Message } from './channel.ts';
import { type Line, plainLine } from './line.ts';
import { plainWords } from './plain-words.ts';

export type MailAddresses = { sender: string; recipients: readonly string[] };

/** A mail as it is given to the server. */
export type Mail = {
  messageId: string;
  from: { name: string; address: string };
  to: string[];
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  urgent: boolean;
};

/**
 * A message as a mail: words of other people as words alone, in both forms. Sent twice it has the same Message-ID,
 * by which servers and readers know it again.
 */
export function mailOf(message: Message, { sender, recipients }: MailAddresses, t: Translate): Mail {
  const subject = plainWords(message.title, 200);
  const { lines, link, urgent } = message;
  const text = [
    subject,
    '',
    ...lines.map(plainLine),
    ...(link ? ['', `${t('notice.open')}: ${link}`] : []),
  ].join('\n');
  return {
    messageId: `<${message.id}@${sender.split('@')[1]}>`,
    from: { name: 'CedarDeploy', address: sender },
    to: [...recipients],
    subject,
    text,
    html: page(subject, lines, link, t),
    headers: { 'Auto-Submitted': 'auto-generated' },
    urgent,
  };
}

function page(title: string, lines: readonly Line[], link: string | null, t: Translate): string {
  const open = link ? `<p><a href="${escaped(link)}">${escaped(t('notice.open'))}</a></p>` : '';
  const list = lines.map((line) => `<li>${item(line)}</li>`).join('');
  const head = `<head><meta charset="utf-8"><title>${escaped(title)}</title></head>`;
  const body = `<h2>${escaped(title)}</h2>${list ? `<ul>${list}</ul>` : ''}${open}`;
  return `<!DOCTYPE html><html lang="${escaped(t('notice.locale'))}">${head}<body>${body}</body></html>`;
}

function item({ text, link }: Line): string {
  const words = escaped(plainWords(text));
  return link === null ? words : `<a href="${escaped(link)}">${words}</a>`;
}

function escaped(text: string): string {
  const signs: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}
