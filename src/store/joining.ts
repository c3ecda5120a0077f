import { CedarError, InvalidForm } from '../errors.ts';
import type { Arrival } from '../model/arrival.ts';
import { fingerprintOfKey } from '../model/given-host-key.ts';
import type { HostSnapshot, Operation } from '../model/operation.ts';
import * as arrivals from './arrivals.ts';
import * as audit from './audit.ts';
import type { Db } from './database.ts';
import { refuseUnwelcome } from './host-allowed.ts';
import * as hosts from './hosts.ts';
import * as placements from './placements.ts';

/**
 * Puts the machine of an operation into the inventory, with its project on it; done again it changes nothing.
 * @throws CedarError `host_taken` where its name or address belongs to another host by now, `ports_taken`,
 *   `ports_range`, what refuseUnwelcome throws: others may have come meanwhile
 */
export async function join(
  trx: Db,
  operation: Operation,
  host: HostSnapshot,
  arrival: Arrival,
): Promise<void> {
  await arrivals.hold(trx, host.hostId);
  if (await placements.byId(trx, host.placementId)) return;
  const before = await hosts.byId(trx, host.hostId);
  if (before) await refuseUnwelcome(trx, asPlaced(operation), before, operation.requestedBy);
  else await addHost(trx, operation, host);
  if (!before?.hostKey) await pin(trx, host, arrival);
  const { processes, env } = host;
  const place = { projectId: operation.projectId, hostId: host.hostId };
  await placements.add(trx, { ...place, processes, env }, host.placementId);
  await arrivals.forget(trx, host.hostId);
  const variables = env.map(({ name }) => name);
  await record(trx, operation, 'placement.add', { host: host.name, processes, variables });
}

function asPlaced({ projectId: id, projectKey: key, environment, groupId }: Operation) {
  return { id, key, environment, groupId };
}

async function addHost(trx: Db, operation: Operation, { hostId, name, address }: HostSnapshot) {
  try {
    await hosts.add(trx, { name, address, settings: {}, notes: null }, hostId);
  } catch (error) {
    if (error instanceof InvalidForm) throw new CedarError('host_taken', { host: name, address }, 409);
    throw error;
  }
  await record(trx, operation, 'host.add', { name, address });
}

async function pin(trx: Db, { hostId, hostKey }: HostSnapshot, { by }: Arrival): Promise<void> {
  const fingerprint = fingerprintOfKey(hostKey);
  await hosts.pin(trx, hostId, { key: hostKey, fingerprint, by: by.slice(0, 64) });
}

/** Takes a project off a host, with all that was known of it there; the host stays. Done again it changes nothing. */
export async function leave(trx: Db, operation: Operation, host: HostSnapshot): Promise<void> {
  const at = { project_id: operation.projectId, host_id: host.hostId };
  const gone = await trx('placements').where(at).delete();
  await forget(trx, operation.projectId, host.hostId);
  if (gone > 0) await record(trx, operation, 'placement.remove', { host: host.name });
}

/** Forgets which releases of a project a host holds, and whether its processes get traffic. */
export async function forget(trx: Db, projectId: string, hostId: string): Promise<void> {
  const at = { project_id: projectId, host_id: hostId };
  await trx('host_releases').where(at).delete();
  await trx('traffic').where(at).delete();
}

async function record(trx: Db, operation: Operation, action: string, after: unknown): Promise<void> {
  await audit.record(trx, {
    actor: operation.requestedName,
    via: 'worker',
    action,
    object: `project:${operation.projectKey}`,
    after: { operation: operation.id, ...(after as object) },
    result: 'ok',
    reason: operation.reason,
  });
}
