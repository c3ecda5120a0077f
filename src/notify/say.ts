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
    lines: lines.map((line) => ({ text: say(t, line), link: linkTo(baseUrl, line.path) })),
    link: linkTo(baseUrl, path),
  };
}

function linkTo(baseUrl: string, path: string | null | undefined): string | null {
  return path && baseUrl ? new URL(path, baseUrl).href : null;
}
