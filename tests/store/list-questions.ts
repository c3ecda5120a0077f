import { search } from '../../src/store/audit-search.ts';
import type { Db } from '../../src/store/database.ts';
import { behindNumber, deliverySums } from '../../src/store/delivery-numbers.ts';
import { type HistoryFilter, history } from '../../src/store/history.ts';
import { asked } from '../../src/store/statistics.ts';
import { list, type TicketFilter } from '../../src/store/tickets.ts';
import { weekly } from '../../src/store/weekly-counts.ts';
import { weekStarts } from '../../src/web/weeks.ts';

const DAY = 86_400_000;
const openStates = ['waiting', 'approved'] as const;
const all = ['waiting', 'approved', 'done', 'refused', 'withdrawn', 'expired'] as const;

/** What the statistics, the history, the audit trail and the tickets' list ask of a filled database. */
export function questions(
  db: Db,
  { groupIds, projectIds }: { groupIds: string[]; projectIds: string[] },
  until: number,
): [name: string, ask: () => Promise<unknown>][] {
  const [groupId, projectId] = [groupIds[3]!, projectIds[6]!];
  const own = { groupIds: groupIds.slice(0, 3) };
  const span = { kinds: ['deploy', 'promote'], from: until - 60 * DAY, until: until - 53 * DAY };
  const half = { ...span, from: until - 182 * DAY, until };
  const page = { offset: 0, limit: 100 };
  const weeks = (scope: object, count: number) => () =>
    weekly(db, scope, weekStarts(until, count, 'Asia/Shanghai'));
  const past = (filter: Partial<HistoryFilter>) => () => history(db, { ...filter, limit: 51 });
  const trail = (filter: object) => () => search(db, filter, { limit: 51, reach: 50_000 });
  const tickets = (filter: Partial<TicketFilter>) => () => list(db, { states: all, limit: 51, ...filter });
  const seen = { applicantId: projectIds[0]!, groupIds: own.groupIds };
  return [
    ['weeks of all, 4', weeks({}, 4)],
    ['weeks of all, 26', weeks({}, 26)],
    ['weeks of some groups', weeks(own, 26)],
    ['weeks of a project', weeks({ projectId }, 26)],
    ['behind a week', () => asked(db, {}, span, page)],
    ['behind half a year, further back', () => asked(db, {}, half, { ...page, offset: 4900 })],
    ['behind a week of some groups', () => asked(db, own, span, page)],
    ['behind a week of a project', () => asked(db, { projectId }, span, page)],
    ['delivery of all, 28 days', () => deliverySums(db, {}, until - 28 * DAY)],
    ['delivery of all, a year', () => deliverySums(db, {}, until - 365 * DAY)],
    ['delivery of some groups', () => deliverySums(db, own, until - 365 * DAY)],
    ['behind a metric', () => behindNumber(db, {}, until - 90 * DAY, 'failures', page)],
    ['behind a metric of a project', () => behindNumber(db, { projectId }, until - 90 * DAY, 'ended', page)],
    ['history', past({})],
    ['history of some groups', past(own)],
    ['history of a group', past({ groupIds: [groupId] })],
    ['history of a project', past({ projectId })],
    ['history of a kind', past({ kind: 'fast-rollback' })],
    ['history of an environment', past({ environment: 'online', kind: 'promote' })],
    ['history of a state', past({ states: ['failed'] })],
    ['history of a state that is nowhere', past({ states: ['needs-attention'] })],
    ['history of a person', past({ requestedName: 'Person 199' })],
    ['history of nobody', past({ requestedName: 'Nobody' })],
    ['history of a day', past({ from: until - 300 * DAY, until: until - 299 * DAY })],
    ['history of a reach', past({ reach: { groups: [groupId], projects: [projectId] } })],
    ['history further back', past({ before: projectId })],
    ['audit', trail({})],
    ['audit of a person', trail({ person: 'person7' })],
    ['audit of nobody', trail({ person: 'nobody' })],
    ['audit of a frequent action', trail({ action: 'operation.' })],
    ['audit of an action that is nowhere', trail({ action: 'windows' })],
    ['audit of an object', trail({ object: 'project:test_service-1' })],
    ['audit of a frequent object', trail({ object: 'project:' })],
    ['audit of a result', trail({ result: 'refused' })],
    ['audit of a day', trail({ from: until - 300 * DAY, until: until - 299 * DAY })],
    ['audit of a text', trail({ text: 'number' })],
    ['audit of a text that is nowhere', trail({ text: 'nowhere at all' })],
    ['audit of a person and a text', trail({ person: 'person7', text: 'nowhere at all' })],
    ['tickets', tickets({})],
    ['open tickets', tickets({ states: openStates })],
    ['tickets that somebody sees', tickets({ seen })],
    ['open tickets that somebody sees', tickets({ seen, states: openStates })],
    ['tickets of a person', tickets({ applicantId: projectIds[0]! })],
    ['tickets of a project', tickets({ projectId })],
    ['tickets of a reach', tickets({ reach: { groups: [groupId], projects: [projectId] } })],
    ['tickets with a text', tickets({ text: 'nowhere at all' })],
  ];
}
