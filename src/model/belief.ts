/** After so many intervals what was seen is believed no more. */
const INTERVALS = 3;

/** How long a look, or facts, are believed where the next comes every so many seconds. Milliseconds. */
export function believedMs(everySeconds: number): number {
  return everySeconds * 1000 * INTERVALS;
}
