import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file's text, a link's target, or null for a file to delete. */
type Content = string | { exec: string } | { link: string } | null;

/** A repository with a working tree, made and changed by the real git. Commits are one minute apart. */
export class TestRepository {
  readonly dir: string;
  private minute = 0;

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main');
  }

  get url(): string {
    return `file://${this.dir}`;
  }

  git(...argv: string[]): string {
    return this.gitWith('', ...argv);
  }

  gitWith(input: string, ...argv: string[]): string {
    this.minute += 1;
    const date = `2026-11-23T10:${String(this.minute % 60).padStart(2, '0')}:00Z`;
    const who = { NAME: 'Zoë', EMAIL: 'zoe@example.com', DATE: date };
    const env = Object.fromEntries(
      Object.entries(who).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    );
    const clean = { PATH: process.env.PATH, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', ...env };
    return execFileSync('git', argv, { cwd: this.dir, encoding: 'utf8', input, env: clean }).trim();
  }

  /** Commits these files and answers the commit. */
  commit(subject: string, files: Record<string, Content>): string {
    for (const [path, content] of Object.entries(files)) this.write(join(this.dir, path), content);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', subject);
    return this.git('rev-parse', 'HEAD');
  }

  write(path: string, content: Content): void {
    rmSync(path, { force: true });
    if (content === null) return;
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === 'string') writeFileSync(path, content);
    else if ('link' in content) symlinkSync(content.link, path);
    else writeFileSync(path, content.exec);
    if (typeof content === 'object' && 'exec' in content) chmodSync(path, 0o755);
  }
}
