/** What an operation would change on a host, as a look that changes nothing there found it. */
export type HostComparison = {
  hostId: string;
  host: string;
  /** Why it could not be looked at, or could not be changed; the code names `failure.<code>` or `error.<code>`. */
  problem: { code: string; detail: Record<string, string | number> } | null;
  /** The live release's folder; null: nothing of ours. */
  current: string | null;
  /** A plain folder from before us is live there. */
  plain: boolean;
  /** The supervisor file: `none` belongs there, or it is not there yet. */
  configuration: 'none' | 'new' | 'same' | 'changes';
  /** The change of that file as a unified diff with secrets masked; empty where it stays. */
  configurationDiff: string;
  /** Names of the processes that restart. */
  restarts: string[];
  /** The release that one can go back to afterwards, and whether the host holds it still. */
  wayBack: { releaseId: string; held: boolean } | null;
  /** Files of the live release that somebody edited, added or removed on the host since it was shipped. */
  edited: string[];
  /** What the new release adds, changes and removes; null where it is not built yet or the old one is not known. */
  files: FileChanges | null;
};

/** Paths up to a bound; the counts are whole. */
export type FileChanges = {
  added: string[];
  changed: string[];
  removed: string[];
  counts: { added: number; changed: number; removed: number; same: number };
};
