import type { Scope } from '../../store/statistics.ts';
import type { Page } from '../page.ts';
import { daysBack, weekStarts } from '../weeks.ts';

export const weekChoices = [4, 8, 13, 26];
export const dayChoices = [7, 28, 90, 180, 365];

/** What of the statistics is asked for, as it stands in the address, and what it comes to. */
export type Wish = {
  weeks: number;
  days: number;
  /** Ids; an empty text: all that the person may see. */
  group: string;
  project: string;
  scope: Scope;
  /** The begin of each week, and the end of the last. */
  starts: number[];
  /** The begin of the delivery metrics' period. */
  from: number;
};

/** Reads the address; what is no choice counts as not chosen. A group that the person may not see gives 404. */
export function wishOf(page: Page, now = Date.now()): Wish {
  const zone = page.who.timeZone;
  const weeks = choice(page, 'weeks', weekChoices, 4);
  const days = choice(page, 'days', dayChoices, 28);
  const [group, project] = [idOf(page, 'group'), idOf(page, 'project')];
  if (group && page.groupIds && !page.groupIds.includes(group)) page.notFound();
  return {
    ...{ weeks, days, group, project },
    scope: { groupIds: group ? [group] : page.groupIds, projectId: project || undefined },
    starts: weekStarts(now, weeks, zone),
    from: daysBack(now, days, zone),
  };
}

/** The address of a page of the statistics with what is wished, `over` put over it; empty values are left out. */
export function addressOf(path: string, wish: Wish, over: Record<string, string | number> = {}): string {
  const { weeks, days, group, project } = wish;
  const all = Object.entries({ weeks, days, group, project, ...over }).filter(([, value]) => value !== '');
  return `${path}?${new URLSearchParams(Object.fromEntries(all.map(([name, value]) => [name, String(value)])))}`;
}

function choice(page: Page, name: string, choices: number[], usual: number): number {
  return choices.find((one) => String(one) === page.query(name)) ?? usual;
}

function idOf(page: Page, name: string): string {
  return /^[0-9A-Z]{26}$/.exec(page.query(name) ?? '')?.[0] ?? '';
}
