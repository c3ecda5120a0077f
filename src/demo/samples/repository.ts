import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, plainPath } from '../fleet/program-path.ts';
import type { Sample, SampleCommit } from './sample.ts';

/** Makes the bare repository `<dir>/<name>.git` with the sample's history, unless it is there already. */
export async function makeRepository(dir: string, sample: Sample): Promise<string> {
  const place = join(dir, `${sample.name}.git`);
  if (existsSync(place)) return place;
  const draft = `${place}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await git(['init', '--quiet', '--bare', '--initial-branch=main', draft], dir);
  await git(['fast-import', '--quiet'], draft, historyOf(sample));
  renameSync(draft, place);
  return place;
}

/** The history in the language of git-fast-import(1). */
export function historyOf(sample: Sample): string {
  const main = sample.main.map((one, index) => commitText('main', one, index + 1, index));
  let mark = sample.main.length;
  const branches = Object.entries(sample.branches).flatMap(([name, commits]) =>
    commits.map((one, index) => commitText(name, one, ++mark, index === 0 ? sample.main.length : mark - 1)),
  );
  const tags = Object.entries(sample.tags).map(
    ([name, index]) => `reset refs/tags/${name}\nfrom :${index + 1}\n`,
  );
  return [...main, ...branches, ...tags].join('\n');
}

function commitText(branch: string, commit: SampleCommit, mark: number, parent: number): string {
  const when = `${commit.author} ${commit.at} +0000`;
  const files = Object.entries(commit.files).map(
    ([path, text]) => `M ${path.endsWith('.sh') ? '100755' : '100644'} inline ${path}\n${data(text)}`,
  );
  return [
    `commit refs/heads/${branch}`,
    `mark :${mark}`,
    `author ${when}`,
    `committer ${when}`,
    data(commit.subject),
    ...(parent > 0 ? [`from :${parent}`] : []),
    ...files,
    '',
  ].join('\n');
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

/** Runs git without anybody's configuration. @throws Error with its messages where it fails. */
export function git(words: string[], cwd: string, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(findProgram('git'), words, {
      cwd,
      env: { PATH: plainPath, HOME: cwd, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
    });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`git ${words[0]} ended with ${code}: ${errors.trim()}`));
    });
    // git may end without reading anything (EPIPE): its exit code says whether that was well
    child.stdin.once('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || reject(error));
    child.stdin.end(input);
  });
}
