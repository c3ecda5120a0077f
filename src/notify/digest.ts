import { createHash } from 'node:crypto';
import type { Translate } from '../i18n/index.ts';
import type { Notice } from '../model/notice.ts';
import type { Message } from './channel.ts';
import type { Line } from './line.ts';
import { messageOf } from './say.ts';

/** Lines below the headings of alarms, all together. */
const MOST_LINES = 40;

/**
 * Several notices as one message: first the alarms, each with what it is about and its link, then the headings of the
 * others, and where to read all.
 */
export function digest(t: Translate, baseUrl: string, notices: readonly Notice[]): Message {
  const said = (some: readonly Notice[]) => some.map((notice) => messageOf(t, baseUrl, notice));
  const alarms = said(notices.filter(({ topic }) => topic === 'alarm'));
  const others = said(notices.filter(({ topic }) => topic !== 'alarm'));
  return {
    id: idOf(notices),
    title: t('notice.digest', { number: notices.length }),
    lines: [...alarmLines(t, alarms), ...others.map(({ title }) => ({ text: title, link: null }))],
    link: baseUrl ? new URL('/history', baseUrl).href : null,
    urgent: [...alarms, ...others].some(({ urgent }) => urgent),
    together: notices.length,
    event: null,
  };
}

/** Each has its share of the lines; what one leaves is there for those after it, the newer ones. */
function alarmLines(t: Translate, alarms: readonly Message[]): Line[] {
  let room = MOST_LINES;
  return alarms.flatMap(({ title, lines, link }, index) => {
    const shown = lines.slice(0, Math.max(1, Math.floor(room / (alarms.length - index))));
    room -= shown.length;
    const missing = lines.length - shown.length;
    const more = { text: t('notice.more_lines', { number: missing }), link: null };
    return [{ text: title, link }, ...shown, ...(missing > 0 ? [more] : [])];
  });
}

/** The same for the same notices, and another one for others: what is told twice is known by it, and nothing else. */
function idOf(notices: readonly Notice[]): string {
  const all = createHash('sha256').update(notices.map(({ id }) => id).join(' '));
  return `together-${all.digest('hex').slice(0, 32)}`;
}
