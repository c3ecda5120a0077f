import { CedarError } from '../errors.ts';
import type { LocalResult } from './local-result.ts';

/** missing: no such program or folder · deadline: too slow · idle: silent for too long · aborted: by the caller. */
export type LocalErrorKind = 'missing' | 'deadline' | 'idle' | 'aborted';

/** A local command that did not come to its own end. Its code is `local_<kind>`; detail: program, tail. */
export class LocalError extends CedarError {
  readonly kind: LocalErrorKind;
  readonly result: LocalResult;

  constructor(kind: LocalErrorKind, program: string, result: LocalResult, cause?: unknown) {
    super(`local_${kind}`, { program, tail: lastLines(result.stderr) }, 500, { cause });
    this.name = 'LocalError';
    this.kind = kind;
    this.result = result;
  }
}

/** The end of what a command said on stderr: at most 20 lines and 2,000 characters. */
export function lastLines(text: string): string {
  return text.trimEnd().slice(-2000).split('\n').slice(-20).join('\n');
}
