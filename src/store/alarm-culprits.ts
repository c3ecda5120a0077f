import type { Alarm } from '../model/alarm.ts';
import { type Culprit, replacedOn } from '../model/alarm-culprit.ts';
import type { Db } from './database.ts';
import { inParts } from './in-parts.ts';

/** The operations that alarms suspect, each as it was on the alarm's machine, by alarm. */
export async function culpritsOf(db: Db, alarms: readonly Alarm[]): Promise<Map<string, Culprit>> {
  const ids = [...new Set(alarms.flatMap(({ suspect }) => (suspect ? [suspect.operationId] : [])))];
  const there = new Map<string, Culprit>();
  for (const some of inParts(ids))
    for (const row of await rowsOf(db, some)) {
      const replaced = replacedOn({ releaseBefore: row.release_before, releaseAfter: row.release_after });
      const back = replaced !== null && row.state === 'kept';
      there.set(`${row.id} ${row.host_id}`, { kind: row.kind, by: row.requested_name, back });
    }
  const found = new Map<string, Culprit>();
  for (const { id, hostId, suspect } of alarms) {
    const culprit = there.get(`${suspect?.operationId} ${hostId}`);
    if (culprit) found.set(id, culprit);
  }
  return found;
}

function rowsOf(db: Db, ids: readonly string[]) {
  return db('operations as o')
    .join('operation_hosts as w', 'w.operation_id', 'o.id')
    .leftJoin('releases as r', 'r.id', 'w.release_before')
    .whereIn('o.id', ids)
    .select('o.id', 'o.kind', 'o.requested_name', 'w.host_id', 'w.release_before', 'w.release_after')
    .select('r.state');
}
