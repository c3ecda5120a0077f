import type { Db } from './database.ts';

/** Machines that did not answer, or whose supervisor did not, when they were looked at last. */
export async function illHosts(db: Db): Promise<Set<string>> {
  return new Set<string>(await db('host_states').where('bad_looks', '>', 0).pluck('host_id'));
}
