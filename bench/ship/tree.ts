import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A repository with a tree of many small files, the same in every run; each `change` rewrites a hundredth of them. */
export class Tree {
  readonly dir: string;
  readonly url: string;
  readonly files: string[];
  #round = 0;

  constructor(dir: string, count: number) {
    this.dir = dir;
    this.url = `file://${dir}`;
    this.files = Array.from({ length: count - 1 }, (_, index) => pathOf(index));
    for (const [index, path] of this.files.entries()) {
      mkdirSync(join(dir, path, '..'), { recursive: true });
      writeFileSync(join(dir, path), textOf(index, 0));
    }
    writeFileSync(join(dir, 'index.js'), program);
    this.#git('init', '-q', '-b', 'main');
    this.#git('config', 'user.name', 'Bench');
    this.#git('config', 'user.email', 'bench@example.org');
    this.#commit();
  }

  /** How many bytes all files have. */
  get bytes(): number {
    return this.files.reduce((sum, _, index) => sum + textOf(index, 0).length, 0);
  }

  /** A commit in which one file of a hundred differs; other ones each time. */
  change(): void {
    this.#round += 1;
    for (const index of this.changed()) {
      writeFileSync(join(this.dir, this.files[index]!), textOf(index, this.#round));
    }
    this.#commit();
  }

  /** Positions of the files that the last change rewrote. */
  changed(): number[] {
    const from = this.#round * 7;
    return this.files.map((_, index) => index).filter((index) => (index + from) % 100 === 0);
  }

  get commit(): string {
    return this.#git('rev-parse', 'HEAD').trim();
  }

  #commit(): void {
    this.#git('add', '-A');
    this.#git('commit', '-q', '-m', `Round ${this.#round}`);
  }

  #git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.dir, encoding: 'utf8', maxBuffer: 64 << 20 });
  }
}

/** What the projects with processes run: it answers on its own machine's address. */
const program = `const port = Number(process.argv[2].split('=')[1]);
require('http').createServer((request, response) => response.end('well')).listen(port, process.env.HOST);
`;

function pathOf(index: number): string {
  return `packages/part-${Math.floor(index / 9) % 41}/lib/module-${Math.floor(index / 9)}/file-${index}.js`;
}

/** Between half a KiB and 12 KiB, a few of 64 KiB; of the same length in every round. */
function textOf(index: number, round: number): string {
  const length = index % 97 === 0 ? 65_536 : 512 + ((index * 7919) % 12_000);
  const line = `/* ${index} of round ${String(round).padStart(6, '0')} */ export const value = ${index * 31};\n`;
  return line.repeat(Math.ceil(length / line.length)).slice(0, length);
}
