import { ulid } from 'ulid';
import { CedarError, InvalidForm } from '../errors.ts';
import type { Host } from '../model/host.ts';
import type { HostAllowed } from '../model/host-allowed.ts';
import type { HostSettings } from '../model/host-settings.ts';
import type { WeakSsh } from '../model/weak-ssh.ts';
import type { Db } from './database.ts';
import { toHost } from './host-rows.ts';
import { isDuplicate, writing } from './transaction.ts';

/** What a person decides about a host; its key is pinned apart, by `pin`. */
export type HostDraft = {
  name: string;
  address: string;
  settings: Partial<HostSettings>;
  notes: string | null;
  /** Left out: as it is, or for all. */
  allowed?: HostAllowed;
  /** Left out: as it is, or none. */
  weakSsh?: WeakSsh | null;
};

/** A public host key that somebody accepted. `by` is a username. */
export type PinnedKey = { key: string; fingerprint: string; by: string };

/** All hosts by name. */
export async function all(db: Db): Promise<Host[]> {
  return (await db('hosts').orderBy('name')).map(toHost);
}

export async function byId(db: Db, id: string): Promise<Host | null> {
  const row = await db('hosts').where({ id }).first();
  return row ? toHost(row) : null;
}

/** The hosts among `ids` that exist, by name. */
export async function byIds(db: Db, ids: readonly string[]): Promise<Host[]> {
  return (
    await db('hosts')
      .whereIn('id', [...ids])
      .orderBy('name')
  ).map(toHost);
}

export async function byName(db: Db, name: string): Promise<Host | null> {
  const row = await db('hosts').where({ name }).first();
  return row ? toHost(row) : null;
}

/** @throws InvalidForm where the name, or the address with the same ssh port, is taken. */
export async function add(db: Db, draft: HostDraft, id = ulid()): Promise<Host> {
  return save(db, id, draft, async (trx) => {
    await trx('hosts').insert({ id, ...columns(draft), created_at: Date.now() });
  });
}

/** A changed address is another machine until proven otherwise: its pinned key is forgotten. */
export async function update(db: Db, id: string, draft: HostDraft): Promise<Host> {
  return save(db, id, draft, async (trx) => {
    const before = await byId(trx, id);
    if (!before) throw new CedarError('not_found', { id }, 404);
    await trx('hosts').where({ id }).update(columns(draft));
    if (before.address !== draft.address) await unpin(trx, id);
  });
}

/** Pins the key with which the host proves itself from now on. */
export async function pin(db: Db, id: string, pinned: PinnedKey): Promise<Host> {
  await db('hosts').where({ id }).update({
    host_key: pinned.key,
    host_key_fingerprint: pinned.fingerprint,
    host_key_pinned_at: Date.now(),
    host_key_pinned_by: pinned.by,
  });
  return found(await byId(db, id), id);
}

/** @throws CedarError `host_in_use` while projects are placed on it. */
export async function remove(db: Db, id: string): Promise<void> {
  await writing(db, async (trx) => {
    const used = await trx('placements').where({ host_id: id }).first('id');
    if (used) throw new CedarError('host_in_use', {}, 409);
    await trx('host_states').where({ host_id: id }).delete();
    await trx('hosts').where({ id }).delete();
  });
}

async function save(db: Db, id: string, draft: HostDraft, write: (trx: Db) => Promise<void>): Promise<Host> {
  try {
    return await writing(db, async (trx) => {
      await refuseSameMachine(trx, id, draft);
      await write(trx);
      return found(await byId(trx, id), id);
    });
  } catch (error) {
    if (isDuplicate(error)) throw new InvalidForm([{ field: 'name', code: 'taken' }]);
    throw error;
  }
}

async function refuseSameMachine(db: Db, id: string, draft: HostDraft): Promise<void> {
  const rows = (await db('hosts').where({ address: draft.address }).whereNot({ id })).map(toHost);
  const same = rows.find((host) => host.settings.sshPort === draft.settings.sshPort);
  if (same) throw new InvalidForm([{ field: 'address', code: 'address_taken', detail: { host: same.name } }]);
}

async function unpin(db: Db, id: string): Promise<void> {
  const nothing = { host_key: null, host_key_fingerprint: null };
  await db('hosts')
    .where({ id })
    .update({ ...nothing, host_key_pinned_at: null, host_key_pinned_by: null });
}

function found(host: Host | null, id: string): Host {
  if (!host) throw new CedarError('not_found', { id }, 404);
  return host;
}

function columns(draft: HostDraft) {
  return {
    name: draft.name,
    address: draft.address,
    settings: JSON.stringify(draft.settings),
    notes: draft.notes,
    ...(draft.allowed && { allowed: JSON.stringify(draft.allowed) }),
    ...(draft.weakSsh !== undefined && { weak_ssh: draft.weakSsh && JSON.stringify(draft.weakSsh) }),
  };
}
