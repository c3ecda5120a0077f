import type { Failure } from '../model/operation.ts';
import type { StepRow } from '../model/step.ts';

/** A step has failed, and the operation ends with its failure. */
export class OperationStopped extends Error {
  readonly failure: Failure;
  /** What happened on the host cannot be told: a person must look. */
  readonly unknown: boolean;

  constructor(failure: Failure, unknown: boolean) {
    super(failure.code);
    this.failure = failure;
    this.unknown = unknown;
  }

  /** From a journal whose worker was lost between a step's failure and the operation's end. */
  static again(row: StepRow): OperationStopped {
    return new OperationStopped(row.evidence.failure as Failure, row.state === 'unknown');
  }
}
