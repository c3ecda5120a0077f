import { createHash } from 'node:crypto';
import { hasText, type Translate } from '../i18n/index.ts';
import type { Notice, Said, SaidDetail } from '../model/notice.ts';
import type { Message } from './channel.ts';

/** A text in the translator's language, with the texts inside it. */
export function say(t: Translate, { key, or, detail = {} }: Said): string {
  const words = Object.entries(detail).map(([name, value]) => [name, word(t, value)]);
  const known = or === undefined ? key : [key, or].find(hasText);
  return known === undefined ? (key.split('.').at(-1) ?? key) : t(known, Object.fromEntries(words));
}

function word(t: Translate, value: SaidDetail): string | number {
  if (typeof value !== 'object') return value;
  if ('key' in value) return say(t, value);
  return new Date(value.at).toLocaleString(t('notice.locale'), { hour12: false, timeZoneName: 'short' });
}

/** A notice as its channel sends it. */
export function messageOf(t: Translate, baseUrl: string, { id, body }: Notice): Message {
  if (body.event) {
    return {
      id,
      title: body.event.type,
      lines: [],
      link: null,
      urgent: false,
      together: 1,
      event: body.event,
    };
  }
  const { title, lines, path, urgent } = body.told;
  return {
    ...{ id, together: 1, event: null, urgent: urgent ?? false },
    title: say(t, title),
    lines: lines.map((line) => say(t, line)),
    link: path && baseUrl ? new URL(path, baseUrl).href : null,
  };
}

/** Several messages as one: the headings of all, and where to read them. */
export function digest(t: Translate, baseUrl: string, messages: readonly Message[]): Message {
  return {
    id: idOf(messages),
    title: t('notice.digest', { number: messages.length }),
    lines: messages.map((message) => message.title),
    link: baseUrl ? new URL('/history', baseUrl).href : null,
    urgent: messages.some((message) => message.urgent),
    together: messages.length,
    event: null,
  };
}

/** The same for the same notices, and another one for others: what is told twice is known by it, and nothing else. */
function idOf(messages: readonly Message[]): string {
  const all = createHash('sha256').update(messages.map(({ id }) => id).join(' '));
  return `together-${all.digest('hex').slice(0, 32)}`;
}
