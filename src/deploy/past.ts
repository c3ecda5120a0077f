import type { HostSnapshot, Operation } from '../model/operation.ts';
import * as operations from '../store/operations.ts';
import * as running from '../store/running.ts';
import { releaseIdOf } from './host-facts.ts';
import type { Past, Run } from './run.ts';
import { formsOf } from './secrets.ts';

/** How each of the hosts came to run what it ran before; absent where no operation of ours put it there. */
export async function pastOfHosts(
  run: Run,
  hosts: HostSnapshot[],
): Promise<Map<string, Past & { operationId: string }>> {
  const { id, projectId } = run.operation;
  const found = new Map<string, Past & { operationId: string }>();
  for (const host of hosts) {
    const releaseId = releaseIdOf(run.hostFacts.get(host.hostId)?.current ?? null);
    if (releaseId === null) continue;
    const by = { operationId: id, releaseId };
    const earlier = await run.read((db) => running.pastOf(db, projectId, host.hostId, by));
    const past = earlier && pastIn(earlier, host);
    if (past) found.set(host.hostId, { ...past, operationId: earlier.id });
  }
  return found;
}

/** Reads again what was decided: a successor goes by the same, and keeps the secrets of then out of the log. */
export async function knowPast(run: Run): Promise<void> {
  for (const host of run.operation.snapshot.hosts) {
    const from = run.facts.undo?.hosts[host.hostId]?.past;
    const earlier = from ? await run.read((db) => operations.byId(db, from)) : null;
    const past = earlier && pastIn(earlier, host);
    if (!past) continue;
    run.past.set(host.hostId, past);
    run.hide(await run.read((db) => formsOf(db, earlier, run.tools)));
  }
}

/** The machine is reached as it is now; what runs there is what that operation made run. */
function pastIn({ snapshot }: Operation, now: HostSnapshot): Past | null {
  const then = snapshot.hosts.find((host) => host.hostId === now.hostId);
  return then
    ? { project: snapshot.project, host: { ...now, processes: then.processes, env: then.env } }
    : null;
}
