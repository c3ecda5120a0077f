import { CedarError, messageOf } from '../errors.ts';
import type { Failure } from '../model/operation.ts';

/** A step that failed for a reason that a person can read: `code` names the locale text `failure.<code>`. */
export class StepFailed extends CedarError {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly tail: string;
  readonly programTail: string;

  constructor(
    code: string,
    detail: Record<string, string | number> = {},
    more: {
      exitCode?: number | null;
      signal?: string | null;
      tail?: string;
      programTail?: string;
      cause?: unknown;
    } = {},
  ) {
    super(code, detail, 500, { cause: more.cause });
    this.exitCode = more.exitCode ?? null;
    this.signal = more.signal ?? null;
    this.tail = lastLines(more.tail ?? '');
    this.programTail = lastLines(more.programTail ?? '');
  }
}

/** The outcome of a step cannot be told, and looking did not help: a person must. */
export class StepUnknown extends StepFailed {}

/** Any error as the fact that is stored and shown as one card. */
export function failureOf(error: unknown, place: { stepKey: string | null; hostId: string | null }): Failure {
  const known = error instanceof CedarError ? error : null;
  const step = error instanceof StepFailed ? error : null;
  return {
    code: known?.code ?? 'unexpected',
    detail: known?.detail ?? { message: messageOf(error).slice(0, 500) },
    ...place,
    exitCode: step?.exitCode ?? null,
    signal: step?.signal ?? null,
    tail: step?.tail ?? '',
    programTail: step?.programTail ?? '',
  };
}

/** The last 40 lines, at most 8 KiB. */
export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-40).join('\n').slice(-8192);
}
