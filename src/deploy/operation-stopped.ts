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

  /** Of several hosts: what nobody can tell counts most, else the first. The others are named in its notes. */
  static of(all: OperationStopped[]): OperationStopped {
    const worst = all.find((one) => one.unknown) ?? all[0]!;
    const others = all.filter((one) => one !== worst).map(({ failure }) => failure);
    if (others.length === 0) return worst;
    const hosts = others.map(({ detail, code }) => `${detail.host ?? '?'} (${code})`).join(', ');
    const note = { code: 'also_failed', detail: { hosts } };
    return new OperationStopped({ ...worst.failure, notes: [note] }, worst.unknown);
  }

  /** From a journal whose worker was lost between a step's failure and the operation's end. */
  static again(row: StepRow): OperationStopped {
    return new OperationStopped(row.evidence.failure as Failure, row.state === 'unknown');
  }
}
