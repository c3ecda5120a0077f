import { CedarError } from '../../errors.ts';

/** The host has seen a newer fence: this worker is superseded and must stop. */
export class StaleFence extends CedarError {
  constructor(host: string, ours: number, theirs: number) {
    super('stale_fence', { host, ours, theirs }, 409);
  }
}

/** Whether the action happened cannot be told from the guard: look at the host. `at` is when it began, if it did. */
export class OutcomeUnknown extends CedarError {
  readonly at: number | null;
  constructor(host: string, at: number | null, cause?: unknown) {
    super('outcome_unknown', { host }, 500, { cause });
    this.at = at;
  }
}

/** The guard could not run the action: it surely did not happen. */
export class GuardRefused extends CedarError {
  constructor(host: string, word: string, detail: string) {
    super('guard_refused', { host, word, detail: detail.slice(-500) }, 500);
  }
}
