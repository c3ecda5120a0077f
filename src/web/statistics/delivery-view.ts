import { type JudgedDeploy, judged } from '../../model/delivery.ts';
import { type DeliveryList, type DeliveryMetrics, metricsOf } from '../../model/delivery-metrics.ts';
import * as groups from '../../store/groups.ts';
import { deliveries } from '../../store/statistics.ts';
import type { Page } from '../page.ts';
import { addressOf, type Wish } from './wish.ts';
import { wordsOf } from './words.ts';

/** Projects shown; the file has all of them. */
const SHOWN = 100;

type Part = { kind: 'all' | 'group' | 'project'; name: string; group: string; project: string };
type Measured = Part & { metrics: DeliveryMetrics };

/** The delivery metrics as their view shows them; null where there is more than can be judged at once. */
export async function deliveryView(page: Page, wish: Wish) {
  const measured = await measure(page, wish);
  if (!measured) return null;
  const [all, ...parts] = measured.map((part) => shown(page, wish, part));
  return {
    all: all!,
    parts: parts.slice(0, SHOWN),
    more: parts.length > SHOWN,
    empty: all!.ended.count === 0,
  };
}

/** The same as rows of a file; lengths in seconds. */
export async function deliveryRows(page: Page, wish: Wish): Promise<(string | number | null)[][] | null> {
  const seconds = (length: number | null) => length && Math.round(length / 1000);
  const head = ['of', 'name', 'days', 'deploys', 'deploys_per_day', 'lead_seconds', 'leads', 'ended'];
  const rows = (await measure(page, wish))?.map(({ kind, name, metrics }) => [
    ...[kind, name, wish.days, metrics.deploys, metrics.perDay, seconds(metrics.leadMs), metrics.leads],
    ...[metrics.ended, metrics.failures, metrics.failureRate, metrics.restored, seconds(metrics.restoreMs)],
  ]);
  return rows ? [[...head, 'failures', 'failure_rate', 'restored', 'restore_seconds'], ...rows] : null;
}

/** Everything together, then each group, followed by its projects. */
async function measure(page: Page, wish: Wish): Promise<Measured[] | null> {
  const found = await deliveries(page.db, wish.scope, wish.from);
  if (!found) return null;
  const deploys = judged(found);
  const { group, project } = wish;
  const measured = (part: Part, of: JudgedDeploy[]) => ({ ...part, metrics: metricsOf(of, wish.days) });
  const names = new Map((await groups.all(page.db, wish.scope.groupIds)).map(({ id, name }) => [id, name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const owned = by(deploys, ({ groupId }) => groupId).sort(([one], [other]) =>
    nameOf(one).localeCompare(nameOf(other)),
  );
  return [
    measured({ kind: 'all', name: '', group, project }, deploys),
    ...owned.flatMap(([groupId, own]) => [
      measured({ kind: 'group', name: nameOf(groupId), group: groupId, project }, own),
      ...by(own, ({ projectId }) => projectId).map(([projectId, of]) =>
        measured({ kind: 'project', name: of[0]!.projectKey, group: groupId, project: projectId }, of),
      ),
    ]),
  ];
}

/** Deploys with the same key together. */
function by(deploys: JudgedDeploy[], keyOf: (deploy: JudgedDeploy) => string): [string, JudgedDeploy[]][] {
  const parts = new Map<string, JudgedDeploy[]>();
  for (const deploy of deploys) add(parts, keyOf(deploy), deploy);
  return [...parts];
}

function add(parts: Map<string, JudgedDeploy[]>, key: string, deploy: JudgedDeploy): void {
  const part = parts.get(key);
  if (part) part.push(deploy);
  else parts.set(key, [deploy]);
}

function shown(page: Page, wish: Wish, { metrics, ...part }: Measured) {
  const { number, share, span } = wordsOf(page);
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
