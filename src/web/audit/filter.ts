import type { AuditFilter } from '../../store/audit-search.ts';
import type { Page } from '../page.ts';

const names = ['person', 'action', 'object', 'result', 'from', 'until', 'text', 'before'] as const;
export const results = ['ok', 'refused', 'failed'] as const;

/** The filters as they stand in the address; an empty text: not filtered by. Days as `2026-11-23`, in UTC. */
export type Filter = Record<(typeof names)[number], string>;

export function filterOf(page: Page): Filter {
  const given = names.map((name) => [name, page.query(name)?.trim().slice(0, 253) ?? '']);
  return Object.fromEntries(given) as Filter;
}

export function storeFilter(filter: Filter): AuditFilter {
  const { person, action, object, result, text, before } = filter;
  const wanted = { person, action, object, result, text };
  return {
    ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== '')),
    from: dayOf(filter.from, 0),
    until: dayOf(filter.until, 1),
    before: /^[0-9A-Z]{26}$/.test(before) ? before : undefined,
  };
}

/** An address with these filters. */
export function addressOf(path: string, filter: Filter): string {
  const given = Object.entries(filter).filter(([, value]) => value !== '');
  const query = new URLSearchParams(given).toString();
  return query ? `${path}?${query}` : path;
}

/** The first instant of a day, or of the day after; undefined for what is no day. */
function dayOf(text: string, later: 0 | 1): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at + later * 86_400_000;
}
