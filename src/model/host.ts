import type { HostAllowed } from './host-allowed.ts';
import type { HostSettings } from './host-settings.ts';
import type { WeakSsh } from './weak-ssh.ts';

/** A machine. `settings` holds only what differs from its environment's. */
export type Host = {
  id: string;
  /** Unique; the machine's hostname, looked up when left empty. */
  name: string;
  /** IP address or RFC 1123 name to connect to. */
  address: string;
  settings: Partial<HostSettings>;
  /** The pinned public key in ssh wire form, base64; null until an admin accepted it. */
  hostKey: string | null;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  hostKeyFingerprint: string | null;
  hostKeyPinnedAt: number | null;
  hostKeyPinnedBy: string | null;
  notes: string | null;
  /** Which projects may be placed there. */
  allowed: HostAllowed;
  /** Null: old algorithms are refused, as everywhere. */
  weakSsh: WeakSsh | null;
  createdAt: number;
};
