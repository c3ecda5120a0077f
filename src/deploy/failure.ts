import { CedarError, messageOf } from '../errors.ts';
import { mask } from '../model/masker.ts';
import type { Failure } from '../model/operation.ts';

/** A step that failed for a reason that a person can read: `code` names the locale text `failure.<code>`. */
export class StepFailed extends CedarError {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Both as they were said: secrets are taken out where it becomes a fact. */
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
    this.tail = more.tail ?? '';
    this.programTail = more.programTail ?? '';
  }
}

/** The outcome of a step cannot be told, and looking did not help: a person must. */
export class StepUnknown extends StepFailed {}

/**
 * Any error as the fact that is stored and shown as one card.
 * @param forms of the secrets that it must not tell
 */
export function failureOf(
  error: unknown,
  place: { stepKey: string | null; hostId: string | null },
  forms: string[],
): Failure {
  const known = error instanceof CedarError ? error : null;
  const step = error instanceof StepFailed ? error : null;
  return {
    code: known?.code ?? 'unexpected',
    detail: safe(known?.detail ?? { message: messageOf(error).slice(0, 500) }, forms),
    ...place,
    exitCode: step?.exitCode ?? null,
    signal: step?.signal ?? null,
    tail: lastLines(mask(step?.tail ?? '', forms)),
    programTail: lastLines(mask(step?.programTail ?? '', forms)),
  };
}

function safe(detail: Failure['detail'], forms: string[]): Failure['detail'] {
  const entries = Object.entries(detail);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? mask(value, forms) : value]),
  );
}

/** The last 40 lines, at most 8 KiB. */
export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-40).join('\n').slice(-8192);
}
