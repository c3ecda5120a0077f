import { join } from 'node:path';
import { lookNow } from '../../src/health/look-now.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import { type PlacementState, placementStates } from '../../src/store/states.ts';
import type { Rig } from './rig.ts';

/** What health sees now of the project's first placement. */
export async function placementNow(rig: Rig): Promise<PlacementState> {
  const keys = new KeyFolder(join(rig.env.CEDAR_DATA_DIR!, 'keys'), rig.vault);
  const pool = new SshPool({ keys, connectSeconds: 5, idleSeconds: 60, commandSeconds: 30 });
  await lookNow(rig.db, { pool, vault: rig.vault, deadlineMs: 10_000 }, rig.hostIds, 90_000);
  await pool.close();
  const [placement] = await rig.placements();
  return (await placementStates(rig.db, [placement!.id], 60_000)).get(placement!.id)!;
}
