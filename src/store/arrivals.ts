import { ulid } from 'ulid';
import type { Db } from './database.ts';

/** A machine that somebody wants to bring in; waiting while its key is shown but trusted by nobody. */
export type Waiting = {
  hostId: string;
  address: string;
  sshPort: number;
  projectKey: string;
  askedBy: string;
  shownKey: string;
  fingerprint: string;
  since: number;
  acceptedKey: string | null;
  acceptedBy: string | null;
};

/** So long an id is kept for a machine that never came and that nobody waits for. */
const MONTH = 30 * 86_400_000;

type Place = { address: string; sshPort: number };

/**
 * The id that the machine at an address has, or will have once it is in the inventory: the same for everybody who
 * asks, so that two operations that bring it in meet in one host.
 */
export async function reserve(
  db: Db,
  { address, sshPort }: Place,
  asked: { projectKey: string; by: string },
): Promise<string> {
  const place = { address, ssh_port: sshPort };
  await db('arrivals')
    .whereNull('waiting_since')
    .where('created_at', '<', Date.now() - MONTH)
    .delete();
  await db('arrivals')
    .insert({
      ...{ host_id: ulid(), ...place, project_key: asked.projectKey },
      ...{ asked_by: asked.by.slice(0, 128), created_at: Date.now() },
    })
    .onConflict(['address', 'ssh_port'])
    .ignore();
  const row = await db('arrivals').where(place).forUpdate().first('host_id');
  return row.host_id;
}

/** The key that an admin accepted for a machine that is not in the inventory yet; null: none. */
export async function acceptedKey(db: Db, hostId: string): Promise<string | null> {
  const row = await db('arrivals').where({ host_id: hostId }).first('accepted_key');
  return row?.accepted_key ?? null;
}

/** Keeps which key a machine showed, until an admin has judged it. */
export async function keepWaiting(
  db: Db,
  hostId: string,
  shown: { key: string; fingerprint: string },
): Promise<void> {
  const row = await db('arrivals').where({ host_id: hostId }).first('shown_key', 'waiting_since');
  const same = row?.shown_key === shown.key && row.waiting_since !== null;
  await db('arrivals')
    .where({ host_id: hostId })
    .update({
      ...{ shown_key: shown.key, shown_fingerprint: shown.fingerprint },
      waiting_since: same ? row.waiting_since : Date.now(),
    });
}

/** Machines whose key somebody has to judge, or has judged before they came; the longest waiting first. */
export async function waiting(db: Db): Promise<Waiting[]> {
  const rows = await db('arrivals').whereNotNull('waiting_since').orderBy('waiting_since');
  return rows.map(waitingOf);
}

export async function byId(db: Db, hostId: string): Promise<Waiting | null> {
  const row = await db('arrivals').where({ host_id: hostId }).whereNotNull('waiting_since').first();
  return row ? waitingOf(row) : null;
}

/** Accepts the key that was shown; false where the machine has shown another one meanwhile. */
export async function accept(db: Db, hostId: string, fingerprint: string, by: string): Promise<boolean> {
  const changed = await db('arrivals')
    .where({ host_id: hostId, shown_fingerprint: fingerprint })
    .update({ accepted_key: db.ref('shown_key'), accepted_by: by, accepted_at: Date.now() });
  return changed === 1;
}

/**
 * Holds a machine until the transaction ends: where two projects bring it in at once, the second waits and then finds
 * the host. The transaction's first read, so that what it reads afterwards is what the other one left.
 */
export async function hold(trx: Db, hostId: string): Promise<void> {
  await trx('arrivals').where({ host_id: hostId }).forUpdate().first('host_id');
}

/** Forgets a machine: it has come, or nobody wants it. */
export async function forget(db: Db, hostId: string): Promise<void> {
  await db('arrivals').where({ host_id: hostId }).delete();
}

function waitingOf(row: Record<string, unknown>): Waiting {
  return {
    hostId: row.host_id as string,
    address: row.address as string,
    sshPort: Number(row.ssh_port),
    projectKey: row.project_key as string,
    askedBy: row.asked_by as string,
    shownKey: row.shown_key as string,
    fingerprint: row.shown_fingerprint as string,
    since: Number(row.waiting_since),
    acceptedKey: row.accepted_key as string | null,
    acceptedBy: row.accepted_by as string | null,
  };
}
