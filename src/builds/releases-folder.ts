import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CedarError } from '../errors.ts';
import { type Manifest, survey } from './manifest.ts';
import { ManifestCache } from './manifest-cache.ts';
import { areAsMarked, type Marks, marksText, readMarks } from './marks.ts';
import { moveTree } from './move-tree.ts';
import { removeTree } from './remove-tree.ts';

/** What became of a kept release: every path that is not as its manifest says, `[]` where all are. */
export type Verdict = { ok: boolean; changed: string[] };

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/**
 * The releases that the deploy machine keeps: `<dir>/<project key>/<release id>/{tree,manifest}`, and `marks`, by
 * which it is seen that nobody wrote to a tree since it was last read.
 * A release appears and goes as a whole; unfinished ones end in `.part` or `.gone` and are never listed.
 */
export class ReleasesFolder {
  private readonly dir: string;
  private readonly manifests = new ManifestCache();

  constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * Moves a built tree in (copies it from another file system) and writes its manifest. May be called again
   * after a crash at any point; a release that is kept already is answered as it is.
   * @throws CedarError `build_output` where the tree holds what may not be shipped; it stays where it was.
   */
  async keep(projectKey: string, releaseId: string, fromDir: string): Promise<Manifest> {
    const final = this.folder(projectKey, releaseId);
    if (await isThere(final)) return await this.manifest(projectKey, releaseId);
    const part = `${final}.part`;
    await mkdir(part, { recursive: true });
    const tree = join(part, 'tree');
    const { manifest, marks } = await survey((await isThere(fromDir)) ? fromDir : tree);
    if (await isThere(fromDir)) await moveTree(fromDir, tree);
    await writeFile(join(part, 'manifest'), manifest.text, { flush: true });
    await writeFile(join(part, 'marks'), marksText(marks));
    await rename(part, final);
    return manifest;
  }

  /** Keeps a manifest alone: of a tree that only a host holds. A release that is kept already stays as it is. */
  async keepManifest(projectKey: string, releaseId: string, manifest: Manifest): Promise<void> {
    const final = this.folder(projectKey, releaseId);
    if (await isThere(final)) return;
    await mkdir(`${final}.part`, { recursive: true });
    await writeFile(join(`${final}.part`, 'manifest'), manifest.text, { flush: true });
    await rename(`${final}.part`, final);
  }

  /** Is its tree here, not only its manifest? */
  holds(projectKey: string, releaseId: string): Promise<boolean> {
    return isThere(this.path(projectKey, releaseId));
  }

  /** The folder that holds a release's tree. */
  path(projectKey: string, releaseId: string): string {
    return join(this.folder(projectKey, releaseId), 'tree');
  }

  /** @throws CedarError `release_gone` where it is not kept here. */
  async manifest(projectKey: string, releaseId: string): Promise<Manifest> {
    const file = join(this.folder(projectKey, releaseId), 'manifest');
    if (!(await isThere(file))) throw new CedarError('release_gone', { release: releaseId }, 409);
    return this.manifests.read(file);
  }

  /**
   * Is the tree what its manifest says? It is read again only where something was written to since it was last read.
   * @throws CedarError `release_gone` where it is not kept here.
   */
  async isWhole(projectKey: string, releaseId: string): Promise<boolean> {
    const marks = await this.marks(projectKey, releaseId);
    if (marks && (await areAsMarked(this.path(projectKey, releaseId), marks))) return true;
    return (await this.verify(projectKey, releaseId)).ok;
  }

  /** Reads the whole tree again. @throws CedarError `release_gone` where it is not kept here. */
  async verify(projectKey: string, releaseId: string): Promise<Verdict> {
    const wanted = await this.manifest(projectKey, releaseId);
    const { manifest: found, marks } = await survey(this.path(projectKey, releaseId));
    if (found.hash === wanted.hash)
      await writeFile(join(this.folder(projectKey, releaseId), 'marks'), marksText(marks));
    const known = new Set(wanted.text.split('\n'));
    const actual = new Set(found.text.split('\n'));
    const lines = [...known, ...actual].filter((line) => !(known.has(line) && actual.has(line)));
    const changed = [...new Set(lines.map((line) => line.slice(line.lastIndexOf('\t') + 1)))].sort();
    return { ok: found.hash === wanted.hash, changed };
  }

  /** From now on it is kept no more; its files go with `tidy`. Does nothing where it is not kept here. */
  async remove(projectKey: string, releaseId: string): Promise<void> {
    const final = this.folder(projectKey, releaseId);
    await removeTree(`${final}.part`);
    if (!(await isThere(final))) return;
    await removeTree(`${final}.gone`);
    await rename(final, `${final}.gone`);
  }

  /** Removes the files of those that were removed. */
  async tidy(projectKey: string): Promise<void> {
    const dir = join(this.dir, named(projectKey));
    for (const name of (await isThere(dir)) ? await readdir(dir) : [])
      if (name.endsWith('.gone')) await removeTree(join(dir, name));
  }

  /** Ids of a project's kept releases, in no order that means anything. */
  async list(projectKey: string): Promise<string[]> {
    const dir = join(this.dir, named(projectKey));
    return (await isThere(dir)) ? (await readdir(dir)).filter((name) => NAME.test(name)) : [];
  }

  /** As `list`, with those that are unfinished or half removed. */
  async everything(projectKey: string): Promise<string[]> {
    const dir = join(this.dir, named(projectKey));
    const names = (await isThere(dir)) ? await readdir(dir) : [];
    const ids = names.map((name) => name.replace(/\.(part|gone)$/, ''));
    return [...new Set(ids)].filter((name) => NAME.test(name));
  }

  private async marks(projectKey: string, releaseId: string): Promise<Marks | null> {
    const file = join(this.folder(projectKey, releaseId), 'marks');
    return (await isThere(file)) ? readMarks(await readFile(file, 'utf8')) : null;
  }

  private folder(projectKey: string, releaseId: string): string {
    return join(this.dir, named(projectKey), named(releaseId));
  }
}

/** S40: keys and ids come from our own tables; what could lead elsewhere is refused all the same. */
function named(name: string): string {
  if (!NAME.test(name)) throw new CedarError('release_name', { name }, 500);
  return name;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
