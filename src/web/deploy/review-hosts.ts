import { hasText } from '../../i18n/index.ts';
import type { HostComparison } from '../../model/comparison.ts';
import type { Snapshot } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import type { Release } from '../../model/release.ts';
import * as running from '../../store/running.ts';
import type { Page } from '../page.ts';

/** One host of the plan page in words and releases; `compared` is null while nobody has looked. */
export type HostReview = {
  name: string;
  compared: HostComparison | null;
  /** Why it could not be looked at, in words; null where it was. */
  problem: string | null;
  runs: Release | null;
  /** What was put there last, where something else runs now. */
  drift: string | null;
  /** Where one can go back to: seconds, where the host holds it still. */
  wayBack: { release: Release | null; held: boolean } | null;
};

export async function reviewHosts(
  page: Page,
  { id: projectId }: Project,
  { hosts }: Snapshot,
  compared: HostComparison[],
): Promise<HostReview[]> {
  const ids = hosts.map((host) => host.hostId);
  const last = await running.lastChanges(page.db, projectId, ids);
  const wanted = [...last.values()].map((change) => change.releaseAfter);
  const named = [...compared.map((one) => one.wayBack?.releaseId ?? null), ...wanted];
  const known = await running.releasesByIds(
    page.db,
    named.filter((id) => id !== null),
  );
  return hosts.map((host) => {
    const found = compared.find((one) => one.hostId === host.hostId) ?? null;
    const runs = found?.wayBack?.releaseId ?? null;
    const expected = last.get(host.hostId)?.releaseAfter ?? null;
    const drifted = found !== null && found.problem === null && expected !== null && runs !== expected;
    return {
      name: host.name,
      compared: found,
      problem: problemOf(page, found),
      runs: known.get(runs ?? '') ?? null,
      drift: drifted ? (known.get(expected)?.name ?? expected) : null,
      wayBack: found?.wayBack ? { release: known.get(runs ?? '') ?? null, held: found.wayBack.held } : null,
    };
  });
}

function problemOf(page: Page, found: HostComparison | null): string | null {
  if (!found?.problem) return null;
  const { code, detail } = found.problem;
  const key = ['failure', 'error'].map((topic) => `${topic}.${code}`).find(hasText);
  return key ? page.t(key, detail) : `${code} ${JSON.stringify(detail)}`;
}
