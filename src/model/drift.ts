/** What can be otherwise than it was left on a machine. */
export const driftKinds = ['release', 'configuration', 'process'] as const;
export type DriftKind = (typeof driftKinds)[number];

/** ours: a link into a project's releases · foreign: another link · plain: a folder or file · absent: nothing. */
export type LinkSeen = 'ours' | 'foreign' | 'plain' | 'absent';

/** What was found of one placement. Times are epoch seconds of the host's own clock. */
export type PlacementFacts = {
  placementId: string;
  link: LinkSeen;
  /** The release's folder and id, where the link is ours. */
  folder: string | null;
  releaseId: string | null;
  switchedAt: number | null;
  /** SHA-256 of the supervisor file; `none`: it is not there; null: not asked, or it cannot be read. */
  configuration: string | null;
  /** Those that run; null: supervisor was not asked, or did not answer. */
  processes: { name: string; start: number }[] | null;
};

/** What operations left on one placement; what is not known is not judged. */
export type Expectation = {
  /** The release of the last success there. */
  releaseId: string | null;
  /** Digests that the file may have; null: it is not known what was written. */
  configurations: string[] | null;
  /** False where processes may rightly be older than the link: one was switched back without a restart. */
  judgesProcesses: boolean;
};

export type DriftDetail = {
  /** release: what is there, its release's id where the link is ours, and the id of the one that should be. */
  link?: LinkSeen;
  runs?: string | null;
  should?: string;
  /** configuration: the file is not there at all. */
  gone?: boolean;
  /** process: so many seconds before the switch it was started. */
  seconds?: number;
};

/** One thing that is not as it was left; `item`: the process, for those. */
export type Drift = { what: DriftKind; item: string; detail: DriftDetail };

/** Holds what was found against what operations left there. */
export function driftOf(found: PlacementFacts, expected: Expectation): Drift[] {
  return [...releaseDrift(found, expected), ...configurationDrift(found, expected), ...old(found, expected)];
}

function releaseDrift({ link, releaseId: runs }: PlacementFacts, { releaseId: should }: Expectation) {
  if (should === null || (link === 'ours' && runs === should)) return [];
  return [{ what: 'release' as const, item: '', detail: { link, runs, should } }];
}

function configurationDrift({ configuration }: PlacementFacts, { configurations }: Expectation) {
  if (configuration === null || configurations === null || configurations.includes(configuration)) return [];
  return [{ what: 'configuration' as const, item: '', detail: { gone: configuration === 'none' } }];
}

function old({ switchedAt, processes }: PlacementFacts, { judgesProcesses }: Expectation): Drift[] {
  if (switchedAt === null || processes === null || !judgesProcesses) return [];
  return processes
    .filter(({ start }) => start > 0 && start < switchedAt)
    .map(({ name, start }) => ({
      ...{ what: 'process', item: name.slice(0, 160) },
      detail: { seconds: switchedAt - start },
    }));
}

/** One file system of a machine; `free` and `used` in bytes, `percent` of what may be used. */
export type Disk = { path: string; mount: string; free: number; used: number; percent: number };

/** What was found of one machine. */
export type HostFacts = {
  /** So far its clock is ahead of ours at least; negative: behind. */
  clockMs: number;
  disks: Disk[];
};

/** A clock further off than this is told. */
export const CLOCK_MS = 5000;

/**
 * How full a disk is when it is told, and when it is well again: in between it stays as it is. warning: people should
 * make room · urgent: services are about to fail.
 */
export const diskLimits = {
  warning: { from: 85, until: 82 },
  urgent: { from: 95, until: 92 },
} as const;
