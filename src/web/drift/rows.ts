import { CLOCK_MS, diskLimits } from '../../model/drift.ts';
import { neededFor } from '../../model/kind-permission.ts';
import type { DriftRow } from '../../store/drifts.ts';
import type { HostFactRow } from '../../store/host-facts.ts';
import { releasesByIds } from '../../store/running.ts';
import type { Page } from '../page.ts';
import { remedies } from './remedy.ts';
import { driftWords, releasesIn } from './words.ts';

/** One line of the list; `remedy`: which address puts it right, where the person may and it can be done now. */
export type DriftView = DriftRow & { words: string; remedy: string | null };

export async function driftViews(page: Page, rows: readonly DriftRow[]): Promise<DriftView[]> {
  const names = await releasesByIds(page.db, releasesIn(rows));
  return rows.map((row) => ({
    ...row,
    words: driftWords(page.t, row, names),
    remedy: remedyOf(page, row, rows),
  }));
}

/** A process that is older than a wrong release is put right with the release. */
function remedyOf(page: Page, row: DriftRow, all: readonly DriftRow[]): string | null {
  const { what, placementId, groupId, production, stale, busy } = row;
  if (stale || busy || !page.may(neededFor[remedies[what]], { groupId, production })) return null;
  const isPart =
    what === 'process' && all.some((one) => one.what === 'release' && one.placementId === placementId);
  return isPart ? null : `/drift/${placementId}/${what}`;
}

/** A machine's troubles, each in words. */
export function hostWords(page: Page, { clockMs, disks }: HostFactRow): string[] {
  const seconds = Math.round(Math.abs(clockMs ?? 0) / 1000);
  const clock =
    Math.abs(clockMs ?? 0) > CLOCK_MS
      ? [page.t((clockMs ?? 0) > 0 ? 'drift.clock_ahead' : 'drift.clock_behind', { seconds })]
      : [];
  const mounts = new Map(disks.map((disk) => [disk.mount, disk]));
  const full = [...mounts.values()].filter(({ percent }) => percent >= diskLimits.warning.from);
  const gib = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
  return [
    ...clock,
    ...full.map(({ path, percent, free }) => page.t('drift.disk', { path, percent, free: gib(free) })),
  ];
}
