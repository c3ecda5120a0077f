import { createHash } from 'node:crypto';
import { CedarError } from '../errors.ts';

/** One path of a tree. `mode` holds the nine permission bits; `size` is in bytes; links carry neither. */
export type FileEntry = { path: string; kind: 'file'; mode: number; sha256: string; size: number };
export type LinkEntry = { path: string; kind: 'link'; target: string };
export type Entry = FileEntry | LinkEntry;

/** What a tree holds, in byte order of the paths. `hash` is the SHA-256 of `text`. Folders are not listed. */
export type Manifest = { entries: Entry[]; text: string; hash: string };

/**
 * Writes a manifest. One line per entry, its fields set apart by tabs, which no path and no target can hold:
 * `<sha256> TAB <mode, octal> TAB <size> TAB <path>` or `link TAB <target> TAB <path>`.
 * Mode, size and target read as `find -printf '%m'`, `'%s'` and `'%l'` print them.
 */
export function manifestOf(entries: readonly Entry[]): Manifest {
  const sorted = [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const text = sorted.map((entry) => `${line(entry)}\n`).join('');
  return { entries: sorted, text, hash: createHash('sha256').update(text).digest('hex') };
}

function line(entry: Entry): string {
  if (entry.kind === 'link') return `link\t${entry.target}\t${entry.path}`;
  return `${entry.sha256}\t${entry.mode.toString(8)}\t${entry.size}\t${entry.path}`;
}

/**
 * Reads what `manifestOf` wrote.
 * @throws CedarError `manifest_text` for anything that `manifestOf` would not have written.
 */
export function parseManifest(text: string): Manifest {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new CedarError('manifest_text', { line: lines.length + 1 }, 500);
  const manifest = manifestOf(lines.map(entryOf));
  if (manifest.text !== text) throw new CedarError('manifest_text', { line: 0 }, 500);
  return manifest;
}

const FILE = /^([0-9a-f]{64})\t([0-7]{1,3})\t(\d{1,15})\t([^\t]+)$/;
const LINK = /^link\t([^\t]+)\t([^\t]+)$/;

function entryOf(text: string, index: number): Entry {
  const [, sha256, mode, size, path] = FILE.exec(text) ?? [];
  if (sha256 && mode && size && path)
    return { path, kind: 'file', mode: Number.parseInt(mode, 8), sha256, size: Number(size) };
  const [, target, linkPath] = LINK.exec(text) ?? [];
  if (target && linkPath) return { path: linkPath, kind: 'link', target };
  throw new CedarError('manifest_text', { line: index + 1 }, 500);
}
