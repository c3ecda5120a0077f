import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CedarError } from '../errors.ts';
import { type Entry, type Manifest, manifestOf } from './manifest-text.ts';
import { type Marks, markOf } from './marks.ts';
import { HardLinks, linkProblem, nameProblem, type Problem, statProblem } from './unfit.ts';

export { type Difference, difference } from './difference.ts';
export { type Entry, type Manifest, parseManifest } from './manifest-text.ts';

const AT_ONCE = 16;
const SMALL = 1024 * 1024;
const SHOWN = 20;

/**
 * Reads a whole tree and writes down what it holds. Folders are not listed, so empty ones do not count.
 * @throws CedarError `build_output` with the count and a list of what may not be shipped (S42): devices, pipes,
 * sockets, setuid and setgid files, hard links to a file outside, links that lead or could lead out of the tree,
 * names that are not UTF-8 or hold control characters or a backslash.
 */
export async function makeManifest(dir: string): Promise<Manifest> {
  return (await survey(dir)).manifest;
}

/** As `makeManifest`; the marks are of before each file was read, so that a write in between is noticed later. */
export async function survey(dir: string): Promise<{ manifest: Manifest; marks: Marks }> {
  const marks: Marks = new Map();
  const problems: Problem[] = [];
  const hardLinks = new HardLinks();
  const paths = await walk(dir, problems);
  const entries: Entry[] = [];
  const next = paths.values();
  const read = async () => {
    for (const path of next) {
      const entry = await entryAt(dir, path, hardLinks, marks);
      if ('reason' in entry) problems.push(entry);
      else entries.push(entry);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  problems.push(...hardLinks.problems());
  if (problems.length > 0) throw refusal(problems);
  return { manifest: manifestOf(entries), marks };
}

/** Every path below `dir` that is not a folder. Links are not followed. */
async function walk(dir: string, problems: Problem[]): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const item of await readdir(join(dir, folder), { withFileTypes: true })) {
      const path = folder === '' ? item.name : `${folder}/${item.name}`;
      const problem = nameProblem(path);
      if (problem) problems.push(problem);
      else (item.isDirectory() ? folders : found).push(path);
    }
  }
  return found;
}

async function entryAt(
  dir: string,
  path: string,
  hardLinks: HardLinks,
  marks: Marks,
): Promise<Entry | Problem> {
  const full = join(dir, path);
  const stat = await lstat(full);
  marks.set(path, markOf(stat));
  if (stat.isSymbolicLink()) {
    const target = await readlink(full);
    return linkProblem(path, target) ?? { path, kind: 'link', target };
  }
  const problem = statProblem(path, stat);
  if (problem) return problem;
  hardLinks.add(path, stat);
  const sha256 = await checksum(full, stat.size);
  return { path, kind: 'file', mode: stat.mode & 0o777, sha256, size: stat.size };
}

async function checksum(file: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  if (size <= SMALL) return hash.update(await readFile(file)).digest('hex');
  for await (const chunk of createReadStream(file, { highWaterMark: SMALL })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function refusal(problems: Problem[]): CedarError {
  const shown = problems.slice(0, SHOWN).map(({ path, reason }) => `${reason}: ${JSON.stringify(path)}`);
  return new CedarError('build_output', { count: problems.length, list: shown.sort().join('\n') }, 422);
}
