import type { FileChanges } from '../model/comparison.ts';
import { difference } from './difference.ts';
import type { Manifest } from './manifest-text.ts';

const MOST = 1000;

/** What comes, changes and goes between two trees; at most 1,000 paths of each are named. */
export function fileChanges(old: Manifest | null, wanted: Manifest): FileChanges {
  const before = new Set(old?.entries.map(({ path }) => path));
  const { send, remove, same } = difference(old, wanted);
  const added = send.filter((path) => !before.has(path));
  const changed = send.filter((path) => before.has(path));
  return {
    added: added.slice(0, MOST),
    changed: changed.slice(0, MOST),
    removed: remove.slice(0, MOST),
    counts: {
      added: added.length,
      changed: changed.length,
      removed: remove.length,
      same: same.length,
    },
  };
}
