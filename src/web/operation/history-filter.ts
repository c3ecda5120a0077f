import { type OperationState, operationStates } from '../../model/operation.ts';
import type { HistoryFilter } from '../../store/history.ts';
import type { Page } from '../page.ts';

const names = [
  'project',
  'group',
  'environment',
  'kind',
  'person',
  'state',
  'from',
  'until',
  'before',
] as const;

/** The filters as they stand in the address; an empty text: not filtered by. Days as `2026-11-23`, in UTC. */
export type Filter = Record<(typeof names)[number], string>;

export function filterOf(page: Page): Filter {
  const given = names.map((name) => [name, page.query(name)?.trim().slice(0, 128) ?? '']);
  return Object.fromEntries(given) as Filter;
}

/** The store's filter. `groupIds`: the only groups that the person may see, or undefined for all. */
export function storeFilter(filter: Filter, groupIds: string[] | undefined): Omit<HistoryFilter, 'limit'> {
  return {
    groupIds: groupsOf(filter.group, groupIds),
    environment: filter.environment || undefined,
    kind: filter.kind || undefined,
    states: statesOf(filter.state),
    requestedName: filter.person || undefined,
    from: dayOf(filter.from, 0),
    until: dayOf(filter.until, 1),
    before: /^[0-9A-Z]{26}$/.test(filter.before) ? filter.before : undefined,
  };
}

function groupsOf(wanted: string, seen: string[] | undefined): string[] | undefined {
  if (!wanted) return seen;
  return seen === undefined || seen.includes(wanted) ? [wanted] : [];
}

function statesOf(text: string): OperationState[] | undefined {
  const state = operationStates.find((candidate) => candidate === text);
  return state && [state];
}

/** The first instant of a day, or of the day after; undefined for what is no day. */
function dayOf(text: string, later: 0 | 1): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at + later * 86_400_000;
}
