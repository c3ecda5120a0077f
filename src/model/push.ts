/** What a forge told. `push` is null where nothing is to be deployed; `event` says what it was instead. */
export type ForgeEvent = {
  /** Names the event for good: the same again is the same delivery. Hexadecimal or a forge's own id, at most 64. */
  delivery: string;
  /** In the forge's words, at most 64 characters. */
  event: string;
  push: { branch: string; commit: string; pusher: string } | null;
  /** Why there is no push: the text `webhooks.ignored.<why>`. */
  why: 'ping' | 'tag' | 'deleted' | 'other' | null;
};

/**
 * What became of a delivery. waiting: the project was busy, or its window closed; the newest commit is deployed after
 * that ·
 * superseded: a newer one took its place · withdrawn: somebody took it back · already: what ran meanwhile deployed that very commit.
 */
export const pushOutcomes = [
  'started',
  'waiting',
  'superseded',
  'withdrawn',
  'already',
  'branch',
  'production',
  'refused',
  'ignored',
] as const;
export type PushOutcome = (typeof pushOutcomes)[number];

/** One line of the list of deliveries. */
export type Delivery = {
  id: string;
  projectId: string;
  delivery: string;
  forge: string;
  event: string;
  branch: string | null;
  commit: string | null;
  pusher: string | null;
  outcome: PushOutcome;
  /** The code of an error where refused, or where it waits for a window; the reason where ignored. */
  detail: string | null;
  operationId: string | null;
  at: number;
};

/** How a project takes webhooks. */
export type InboundHook = {
  projectId: string;
  id: string;
  /** Sealed. */
  secret: string;
  secretAt: number | null;
  enabled: boolean;
  /** May it deploy where the environment is production? */
  production: boolean;
  /** Do pushes wait for a closed window? Otherwise they are refused then. */
  hold: boolean;
  /** Patterns with `*`; none: the project's own branch. */
  branches: string[];
  /** Null: every host. */
  hostIds: string[] | null;
  /** Calls with a wrong signature, the last of them when and from where. */
  refused: number;
  refusedAt: number | null;
  refusedFrom: string | null;
  /** The delivery that waits for the project. */
  pending: string | null;
};

/** True where a branch is named by one of the patterns: `*` stands for any characters, everything else for itself. */
export function branchFits(branch: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fits(branch, pattern.split('*')));
}

/** Each part between stars is found at its first place: in linear time, whatever the pattern. */
function fits(branch: string, [first = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0) return branch === first;
  const end = rest.at(-1) ?? '';
  if (!branch.startsWith(first) || branch.length < first.length + end.length || !branch.endsWith(end))
    return false;
  const until = branch.length - end.length;
  let from = first.length;
  for (const part of rest.slice(0, -1)) {
    const at = branch.indexOf(part, from);
    if (at < 0 || at + part.length > until) return false;
    from = at + part.length;
  }
  return from <= until;
}
