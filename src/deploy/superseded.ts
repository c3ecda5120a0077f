import { StaleFence } from '../shells/guard/guard-error.ts';
import { LeaseLost } from '../store/journal.ts';

/** True where another worker has the operation now: this one stops at once and writes nothing more. */
export function isSuperseded(error: unknown): boolean {
  return error instanceof LeaseLost || error instanceof StaleFence;
}
