/** One commit. `at` in epoch milliseconds: when it was committed. */
export type Commit = { commit: string; subject: string; author: string; at: number };

/** `in`: what the target has and the start has not; `out`: the other way round. */
export type Between = { in: Commit[]; out: Commit[] };

/** One path that differs. `status` is git's letter: A added, M modified, D deleted, T changed its type. */
export type ChangedFile = { status: string; path: string };

/** The tree without files: what everything is new against. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const FIELDS = ['%H', '%s', '%an', '%ct'];

/** Lists what `to` has and `from` has not, newest first; both are whole commit names. */
export function logBetween(from: string | null, to: string, limit: number): string[] {
  const format = `--format=${FIELDS.join('%x00')}`;
  const plain = ['--no-color', '--no-decorate', '--no-mailmap', '--encoding=UTF-8'];
  return ['log', '-z', format, ...plain, `--max-count=${limit}`, from === null ? to : `${from}..${to}`, '--'];
}

export function parseLog(text: string): Commit[] {
  const fields = text.split('\0');
  const commits: Commit[] = [];
  for (let at = 0; at + FIELDS.length <= fields.length; at += FIELDS.length) {
    const [commit = '', subject = '', author = '', seconds = ''] = fields.slice(at, at + FIELDS.length);
    commits.push({ commit, subject: clean(subject), author: clean(author), at: Number(seconds) * 1000 });
  }
  return commits;
}

/** Lists the paths that differ; renames show as one deleted and one added. */
export function diffBetween(from: string | null, to: string): string[] {
  const plain = ['--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all', '-r'];
  return ['diff-tree', '-z', '--name-status', '--no-commit-id', ...plain, from ?? EMPTY_TREE, to, '--'];
}

/** Shows how one path differs, as a unified diff; binary files are named as such only. */
export function patchBetween(from: string | null, to: string, path: string): string[] {
  const plain = ['--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--unified=3', '-r', '-p'];
  return ['diff-tree', '--no-commit-id', ...plain, from ?? EMPTY_TREE, to, '--', `:(literal,top)${path}`];
}

export function parseDiff(text: string): ChangedFile[] {
  const fields = text.split('\0');
  const files: ChangedFile[] = [];
  for (let at = 0; at + 2 < fields.length; at += 2)
    files.push({ status: fields[at] ?? '', path: clean(fields[at + 1] ?? '') });
  return files;
}

/** Control characters and those that turn the direction of writing could make a line look like another. */
function clean(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
