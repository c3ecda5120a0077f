/** A built tree, kept on the deploy machine and on hosts, named like `online-20261123_10-20-30`. */
export type Release = {
  id: string;
  projectId: string;
  name: string;
  commit: string;
  subject: string;
  author: string;
  committedAt: number | null;
  /** SHA-256 of all that decides what a build yields besides the commit: command, output folder, build variables. */
  configHash: string;
  /** SHA-256 of the manifest's text. */
  manifestHash: string;
  files: number;
  bytes: number;
  state: 'kept' | 'pruned';
  /** When it first ran well on all hosts of a deploy; null: never. */
  goodAt: number | null;
  /** When a deploy of it last failed on a host; null: never. */
  badAt: number | null;
  pinned: boolean;
  operationId: string;
  /** The release of another project that it was promoted from; null or not told: it was built here. */
  promotedFrom?: string | null;
  builtAt: number;
};
