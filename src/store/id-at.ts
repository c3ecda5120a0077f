import { encodeTime } from 'ulid';

/** The least id of a time. */
export function idAt(ms: number): string {
  return encodeTime(Math.max(0, ms), 10).padEnd(26, '0');
}
