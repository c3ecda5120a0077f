import type { Db } from '../../src/store/database.ts';

/**
 * Makes a placement look as if all of it were found otherwise than it was left: it should run `should`.
 * @param over what differs in its facts.
 */
export async function drifted(
  db: Db,
  placementId: string,
  should: string,
  { process = 'shop:shop_0', checkedAt = Date.now() }: { process?: string; checkedAt?: number } = {},
): Promise<void> {
  await db('drifts').where({ placement_id: placementId }).delete();
  await db('placement_facts')
    .insert({ placement_id: placementId, checked_at: checkedAt, link: 'ours', folder: 'OTHER' })
    .onConflict('placement_id')
    .merge();
  const details = {
    release: { link: 'ours', runs: 'OTHER', should },
    configuration: { gone: false },
    process: { seconds: 90 },
  };
  for (const [what, detail] of Object.entries(details))
    await db('drifts').insert({
      ...{ placement_id: placementId, what, item: what === 'process' ? process : '' },
      ...{ since: checkedAt - 60_000, detail: JSON.stringify(detail) },
    });
}
