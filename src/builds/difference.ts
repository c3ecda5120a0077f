import type { Entry, Manifest } from './manifest-text.ts';

/** Paths, in byte order. `send`: new or changed in contents, mode, target or kind · `remove`: gone · `same`. */
export type Difference = { send: string[]; remove: string[]; same: string[] };

/** What makes a copy of `old` into `wanted`; everything is sent where there is no `old`. */
export function difference(old: Manifest | null, wanted: Manifest): Difference {
  const before = new Map(old?.entries.map((entry) => [entry.path, entry]));
  const result: Difference = { send: [], remove: [], same: [] };
  for (const entry of wanted.entries) {
    const known = before.get(entry.path);
    before.delete(entry.path);
    (known && isSame(known, entry) ? result.same : result.send).push(entry.path);
  }
  result.remove.push(...before.keys());
  return result;
}

function isSame(a: Entry, b: Entry): boolean {
  if (a.kind === 'link') return b.kind === 'link' && a.target === b.target;
  return b.kind === 'file' && a.sha256 === b.sha256 && a.mode === b.mode;
}
