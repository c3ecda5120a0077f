/** A path that a live folder holds and the repository does not. */
export type Untracked = { path: string; kind: 'file' | 'folder' };

/**
 * The paths of `present` that are not in `tracked`, with folders that hold nothing tracked told as one. Sorted.
 * Both lists are relative file paths.
 */
export function untrackedPaths(present: string[], tracked: Iterable<string>): Untracked[] {
  const files = new Set(tracked);
  const folders = new Set<string>();
  for (const file of files) for (const folder of foldersOf(file)) folders.add(folder);
  const found = new Map<string, Untracked>();
  for (const path of present) {
    if (files.has(path)) continue;
    const folder = foldersOf(path).find((candidate) => !folders.has(candidate));
    found.set(folder ?? path, { path: folder ?? path, kind: folder ? 'folder' : 'file' });
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The folders above a path, outermost first. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
