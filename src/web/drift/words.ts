import type { Translate } from '../../i18n/index.ts';
import type { Drift } from '../../model/drift.ts';
import type { Release } from '../../model/release.ts';

/** What is not as it was left, in words. @param names releases by id; one unknown is told by its id */
export function driftWords(
  t: Translate,
  { what, item, detail }: Drift,
  names: ReadonlyMap<string, Release>,
): string {
  const name = (id: string | null | undefined) => names.get(id ?? '')?.name ?? id ?? '';
  if (what === 'process') return t('drift.process_old', { process: item, seconds: detail.seconds ?? 0 });
  if (what === 'configuration') return t(detail.gone ? 'drift.file_gone' : 'drift.file_edited');
  return t(`drift.link_${detail.link ?? 'absent'}`, { runs: name(detail.runs), should: name(detail.should) });
}

/** The releases that some drifts speak of. */
export function releasesIn(drifts: readonly Drift[]): string[] {
  return [...new Set(drifts.flatMap(({ detail }) => [detail.runs ?? [], detail.should ?? []].flat()))];
}
