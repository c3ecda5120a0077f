import { CedarError } from '../../errors.ts';

/**
 * forbidden: the address is none that we speak to. refused: nobody listens there, so nothing was said.
 * unreachable: no connection came about, or it was lost. late: not done within its time.
 */
export type OutboundProblem = 'forbidden' | 'refused' | 'unreachable' | 'late';

/** A call to another machine that came to nothing. `detail`: address, problem in words. */
export class OutboundError extends CedarError {
  readonly problem: OutboundProblem;

  constructor(problem: OutboundProblem, address: string, words: string, cause?: unknown) {
    super(`outbound_${problem}`, { address, problem: words }, 502, { cause });
    this.problem = problem;
  }
}
