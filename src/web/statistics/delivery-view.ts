import { type DeliveryList, type DeliveryMetrics, metricsOf } from '../../model/delivery-metrics.ts';
import { deliverySums, type ProjectSums } from '../../store/delivery-numbers.ts';
import * as groups from '../../store/groups.ts';
import type { Page } from '../page.ts';
import { addressOf, type Wish } from './wish.ts';
import { type Words, wordsOf } from './words.ts';

/** Projects shown; the file has all of them. */
const SHOWN = 100;

type Part = { kind: 'all' | 'group' | 'project'; name: string; group: string; project: string };
type Measured = Part & { measured: () => DeliveryMetrics };

/** The delivery metrics as their view shows them. */
export async function deliveryView(page: Page, wish: Wish) {
  const [all, ...parts] = await measure(page, wish);
  const words = wordsOf(page);
  const inAll = shown(words, wish, all!);
  return {
    all: inAll,
    parts: parts.slice(0, SHOWN).map((part) => shown(words, wish, part)),
    more: parts.length > SHOWN,
    empty: inAll.ended.count === 0,
  };
}

/** The same as rows of a file; lengths in seconds. */
export async function deliveryRows(page: Page, wish: Wish): Promise<(string | number | null)[][]> {
  const seconds = (length: number | null) => length && Math.round(length / 1000);
  const head = ['of', 'name', 'days', 'deploys', 'deploys_per_day', 'lead_seconds', 'leads', 'ended'];
  const measured = (await measure(page, wish)).map((part) => ({ ...part, metrics: part.measured() }));
  const rows = measured.map(({ kind, name, metrics }) => [
    ...[kind, name, wish.days, metrics.deploys, metrics.perDay, seconds(metrics.leadMs), metrics.leads],
    ...[metrics.ended, metrics.failures, metrics.failureRate, metrics.restored, seconds(metrics.restoreMs)],
  ]);
  return [[...head, 'failures', 'failure_rate', 'restored', 'restore_seconds'], ...rows];
}

/** Everything together, then each group, followed by its projects; each measured when it is asked for. */
async function measure(page: Page, wish: Wish): Promise<Measured[]> {
  const found = await deliverySums(page.db, wish.scope, wish.from);
  const { group, project } = wish;
  const part = (named: Part, of: ProjectSums[]) => ({ ...named, measured: () => metricsOf(of, wish.days) });
  const names = new Map((await groups.all(page.db, wish.scope.groupIds)).map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const inOrder = new Intl.Collator().compare;
  const owned = [...byGroup(found)].sort(([one], [other]) => inOrder(nameOf(one), nameOf(other)));
  return [
    part({ kind: 'all', name: '', group, project }, found),
    ...owned.flatMap(([groupId, own]) => [
      part({ kind: 'group', name: nameOf(groupId), group: groupId, project }, own),
      ...own
        .sort((one, other) => inOrder(one.projectKey, other.projectKey))
        .map((one) =>
          part({ kind: 'project', name: one.projectKey, group: groupId, project: one.projectId }, [one]),
        ),
    ]),
  ];
}

function byGroup(found: ProjectSums[]): Map<string, ProjectSums[]> {
  const groups = new Map<string, ProjectSums[]>();
  for (const one of found) groups.set(one.groupId, [...(groups.get(one.groupId) ?? []), one]);
  return groups;
}

function shown({ number, share, span }: Words, wish: Wish, { measured, ...part }: Measured) {
  const metrics = measured();
  const linked = (list: DeliveryList) => ({
    count: metrics[list],
    shown: number(metrics[list]),
    href: addressOf('/statistics/operations', wish, { group: part.group, project: part.project, of: list }),
  });
  return {
    ...part,
    ...{ deploys: linked('deploys'), leads: linked('leads'), ended: linked('ended') },
    ...{ failures: linked('failures'), restored: linked('restored') },
    perDay: number(metrics.perDay),
    lead: span(metrics.leadMs),
    failureRate: share(metrics.failureRate),
    restore: span(metrics.restoreMs),
  };
}
