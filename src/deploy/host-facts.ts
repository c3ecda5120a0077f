import type { HostComparison } from '../model/comparison.ts';

/** What is known of one host during an operation; stored, so that a successor goes on with it. */
export type HostFacts = {
  /** Folder below releases/ that the project's link points to; null: no link of ours. */
  current: string | null;
  /** A plain live folder from the days before us. */
  plain: boolean;
  /** Folders below releases/. */
  releases: string[];
  /** SHA-256 of the supervisor file there; null: none. */
  configuration: string | null;
  /** SHA-256 of the file that belongs there; null: the type needs none. */
  wanted: string | null;
  configurationChanges: boolean;
  adopts: boolean;
  /** Our link or releases of ours are there. */
  ours: boolean;
  /** Folder below releases/ that this operation switches to; set by stage. */
  folder: string | null;
  /** Per process: when we last restarted it, in seconds of the host's clock. */
  restartedAt: Record<number, number>;
  /** Per process: the pid that was RUNNING after the restart. */
  pids: Record<number, number>;
  /** prepare: what a deploy of the release would change there. */
  comparison?: HostComparison;
};

/** Facts of the whole operation; stored, so that a successor goes on with them. */
export type OperationFacts = {
  commit?: string;
  subject?: string;
  author?: string;
  committedAt?: number | null;
  configHash?: string;
  /** Keyed digests of the configuration files that were fetched, by path. */
  fetched?: Record<string, string>;
  /** The commit of the second repository, which holds the configuration. */
  configCommit?: string;
  releaseId?: string;
  releaseName?: string;
  /** promote: the release that it comes from, and its manifest's hash where nothing is added to it. */
  promotedFrom?: string;
  promotedHash?: string;
  /** The release was there already: nothing is built. */
  reused?: boolean;
  /** decisionHash, once the commit is known. */
  decision?: string;
  /** The order of the later steps has been decided after preflight. */
  decided?: boolean;
  /** It was decided to roll back: per touched host the operation that made what ran there before, where one did. */
  undo?: { hosts: Record<string, { past: string | null; leftAlone: boolean }> };
};

/** A release's id: its folder's name up to the first dot (a folder that had to be shipped anew has a suffix). */
export function releaseIdOf(folder: string | null): string | null {
  return folder?.split('.')[0] ?? null;
}
