import { CedarError, messageOf } from '../errors.ts';

/** What went wrong in a few words, for a log and as a part of a card's sentence. */
export function problemOf(error: unknown): string {
  if (!(error instanceof CedarError)) return messageOf(error).slice(0, 300);
  const { address, problem, seconds } = error.detail;
  const words = problem ?? (seconds === undefined ? error.code : `not done within ${seconds} s`);
  return [address, words].filter(Boolean).join(': ').slice(0, 300);
}
