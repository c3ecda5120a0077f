/** How much is filled in; what is left out is not. */
export type Filling = {
  projects: number;
  /** Spread over three years that end at `until` (epoch ms). */
  operations: number;
  until: number;
  groups?: number;
  tickets?: number;
  audit?: number;
  /** Machines, with each project on some of them, and how they were seen last. */
  fleet?: { hosts: number; perProject: number };
};

export const YEARS = 3 * 365 * 86_400_000;
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Numbers from 0 to 1, the same ones every time. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A ULID of a time; `n` makes it unique and orders those of one millisecond. */
export function idOf(at: number, n: number): string {
  return base32(at, 10) + base32(n, 16);
}

export function base32(value: number, length: number): string {
  let [rest, text] = [value, ''];
  for (let place = 0; place < length; place++) {
    text = digits[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
