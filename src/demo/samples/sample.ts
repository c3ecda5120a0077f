import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type SampleCommit = {
  subject: string;
  author: string;
  /** Seconds since 1970: fixed, so that every demo has the same commit ids. */
  at: number;
  /** What the commit writes, by path; the rest stays as its parent has it. */
  files: Record<string, string>;
};

/** A small project with a history. */
export type Sample = {
  name: string;
  main: SampleCommit[];
  /** Branches that start at the tip of main. */
  branches: Record<string, SampleCommit[]>;
  /** Names for commits of main, by index. */
  tags: Record<string, number>;
};

const PEOPLE = ['Li Na <li.na@example.com>', 'Wang Wei <wang.wei@example.com>', 'Ada Berg <ada@example.com>'];
const FIRST_DAY = Date.UTC(2026, 10, 2, 9) / 1000;

/** The n-th commit of a story: authors take turns, and every commit is some hours later than the one before. */
export function commit(index: number, subject: string, files: Record<string, string>): SampleCommit {
  const author = PEOPLE[index % PEOPLE.length] ?? '';
  return { subject, author, at: FIRST_DAY + index * 28_437, files };
}

/** A file of the sample as it lies beside this module. */
export function fileOf(sample: string, path: string): string {
  return readFileSync(join(import.meta.dirname, 'files', sample, path), 'utf8');
}
