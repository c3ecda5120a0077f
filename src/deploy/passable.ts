import { CedarError } from '../errors.ts';

/** What gates refuse with, and an admin may go past with a reason. */
const codes = new Set([
  ...['hand_locked', 'hand_locked_until', 'ticket_needed'],
  ...['frozen', 'window_closed', 'window_never'],
]);

/** True where a reason of an administrator would let the operation begin. */
export function isPassable(error: unknown): error is CedarError {
  return error instanceof CedarError && codes.has(error.code);
}
