import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { difference } from '../builds/difference.ts';
import type { Entry, Manifest } from '../builds/manifest-text.ts';
import { type Marks, markOf } from '../builds/marks.ts';
import { tarEnd, tarEntry } from '../builds/tar.ts';
import { listingLines, sumLine } from './host-listing.ts';

/** More than so many bytes go by rsync: a parcel is held in memory, and is written twice on the host. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What makes one release out of another, packed once for all hosts that run that other one. */
export type Parcel = {
  /** How many files and links are in it. */
  sent: number;
  /** As lines: the paths of the other release that go, and the sums of the sent files. */
  paths: string;
  sums: string;
  /** Lines of the listing that the new release has and the other has not, and the other way round. */
  comes: string;
  leaves: string;
  /** A tar stream of what is sent. */
  input: Buffer;
  /** Of what was packed, as it is on this machine. */
  marks: Marks;
};

/**
 * Is what was packed still the same on this machine? What was changed there since goes to no host (S95). It is asked
 * for each host, and at once: it takes microseconds for a file, a round through the pool of threads many times that.
 */
export function isFresh(tree: string, { marks }: Parcel): boolean {
  for (const [path, mark] of marks) {
    const stat = lstatSync(join(tree, path), { throwIfNoEntry: false });
    if (!stat || markOf(stat) !== mark) return false;
  }
  return true;
}

/**
 * Packs what differs. Each file is held against its sum while it is read.
 * @param tree where the wanted release is here
 * @returns null where it is too much for one parcel, or where the tree is not what the manifest says
 */
export async function pack(tree: string, old: Manifest, wanted: Manifest): Promise<Parcel | null> {
  const { send, remove } = difference(old, wanted);
  const sent = new Set(send);
  const entries = wanted.entries.filter(({ path }) => sent.has(path));
  const bytes = entries.reduce((sum, entry) => sum + 1024 + (entry.kind === 'file' ? entry.size : 0), 0);
  if (bytes > MOST_BYTES) return null;
  const gone = new Set([...send, ...remove]);
  const stays = old.entries.filter(({ path }) => !gone.has(path));
  const pieces: Buffer[] = await foldersOf(tree, send, stays);
  const marks: Marks = new Map();
  for (const entry of entries) {
    marks.set(entry.path, markOf(await lstat(join(tree, entry.path))));
    const piece = await pieceOf(tree, entry);
    if (!piece) return null;
    pieces.push(piece);
  }
  const left = old.entries.filter(({ path }) => gone.has(path));
  return {
    sent: send.length,
    paths: linesOf(remove),
    sums: linesOf(entries.flatMap((entry) => (entry.kind === 'file' ? sumLine(entry) : []))),
    comes: linesOf(listingLines(entries)),
    leaves: linesOf(listingLines(left)),
    input: Buffer.concat([...pieces, tarEnd]),
    marks,
  };
}

const linesOf = (lines: string[]) => lines.map((line) => `${line}\n`).join('');

async function pieceOf(tree: string, entry: Entry): Promise<Buffer | null> {
  const { path } = entry;
  const { mtimeMs } = await lstat(join(tree, path));
  const mtime = mtimeMs / 1000;
  if (entry.kind === 'link')
    return tarEntry({ path, kind: 'link', mode: 0o777, mtime, target: entry.target });
  const contents = await readFile(join(tree, path));
  if (createHash('sha256').update(contents).digest('hex') !== entry.sha256) return null;
  return tarEntry({ path, kind: 'file', mode: entry.mode, mtime, contents });
}

/**
 * The folders above what is sent, outermost first: they get the modes that they have here. Those in which something
 * of the other release stays are there, and stay as they are.
 */
async function foldersOf(tree: string, paths: readonly string[], stays: readonly Entry[]): Promise<Buffer[]> {
  const there = above(stays.map(({ path }) => path));
  const pieces: Buffer[] = [];
  for (const path of above(paths)) {
    if (there.has(path)) continue;
    const { mode, mtimeMs } = await lstat(join(tree, path));
    pieces.push(tarEntry({ path, kind: 'folder', mode: mode & 0o777, mtime: mtimeMs / 1000 }));
  }
  return pieces;
}

function above(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
      folders.add(path.slice(0, end));
  }
  return folders;
}
