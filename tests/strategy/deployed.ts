import { expect } from 'vitest';
import type { Rig } from '../lab/rig.ts';

/** Deploys the first release of all these stories side by side; a busy machine takes its time. */
export async function deployAll(rigs: Iterable<Rig>): Promise<void> {
  const all = [...rigs];
  const started = await Promise.all(all.map((own) => own.launch({ kind: 'deploy' })));
  const ended = await Promise.all(started.map(({ id }, index) => all[index]!.ended(id, 170_000)));
  expect(ended.map(({ state }) => state)).toEqual(all.map(() => 'succeeded'));
}
