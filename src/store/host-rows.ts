import type { Host } from '../model/host.ts';
import { allowsAll, type HostAllowed } from '../model/host-allowed.ts';
import type { HostSettings } from '../model/host-settings.ts';
import type { WeakSsh } from '../model/weak-ssh.ts';

export type HostRow = Record<'id' | 'name' | 'address', string> &
  Record<
    | 'settings'
    | 'host_key'
    | 'host_key_fingerprint'
    | 'host_key_pinned_by'
    | 'notes'
    | 'allowed'
    | 'weak_ssh',
    string | null
  > & {
    host_key_pinned_at: number | string | null;
    created_at: number | string;
  };

/** A host as the table has it. */
export function toHost(row: HostRow): Host {
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    settings: JSON.parse(row.settings ?? '{}') as Partial<HostSettings>,
    hostKey: row.host_key,
    hostKeyFingerprint: row.host_key_fingerprint,
    hostKeyPinnedAt: row.host_key_pinned_at === null ? null : Number(row.host_key_pinned_at),
    hostKeyPinnedBy: row.host_key_pinned_by,
    notes: row.notes,
    weakSsh: row.weak_ssh ? (JSON.parse(row.weak_ssh) as WeakSsh) : null,
    allowed: row.allowed ? (JSON.parse(row.allowed) as HostAllowed) : allowsAll,
    createdAt: Number(row.created_at),
  };
}
