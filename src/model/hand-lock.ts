import type { Scope } from './window.ts';

/** A lock that somebody set by hand. Operations are not let begin under it; a `warning` is only shown. */
export type HandLock = {
  id: string;
  scope: Scope;
  warning: boolean;
  reason: string;
  /** Display name of who set it, and whether that was an admin: whose locks only admins lift. */
  by: string;
  byAdmin: boolean;
  /** Epoch ms; `until` null: until somebody lifts it. */
  since: number;
  until: number | null;
};
