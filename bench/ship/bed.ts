import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './commands.ts';
import { type Machine, Machines } from './machines.ts';
import { Product } from './product.ts';
import type { Report } from './report.ts';
import { Tree } from './tree.ts';

/** How large a run is; smaller ones are for whoever works on it. */
export type Size = { files: number; hosts: number; wide: number; rounds: number };

/** What all measurements share. Everything of it is below one temporary folder, and ends with it. */
export class Bed {
  readonly dir: string;
  readonly size: Size;
  readonly report: Report;
  readonly tree: Tree;
  readonly product: Product;
  readonly machines: Machines;

  private constructor(size: Size, report: Report, dir: string, product: Product) {
    this.dir = dir;
    this.size = size;
    this.report = report;
    this.tree = new Tree(join(dir, 'tree'), size.files);
    this.product = product;
    this.machines = new Machines(dir, product.line);
  }

  static async make(size: Size, report: Report): Promise<Bed> {
    const dir = mkdtempSync(join(tmpdir(), 'cedar-ship-'));
    return new Bed(size, report, dir, await Product.open(join(dir, 'data')));
  }

  /** The first machines. */
  some(count: number): Machine[] {
    return this.machines.all.slice(0, count);
  }

  /** @throws Error where a live folder is not the tree as it is now, to the last byte. */
  async check(live: string, machine: Machine): Promise<void> {
    const folder = join(machine.dir, live);
    if (!existsSync(folder)) throw new Error(`${folder} is not there`);
    const skip = ['.git', 'REVISION'].flatMap((name) => ['-x', name]);
    await command(['diff', '-rq', ...skip, this.tree.dir, `${folder}/.`]);
  }

  /** What the worker said last, for whoever reads of a failure. */
  workerLog(): string {
    const file = join(this.dir, 'data/worker.log');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-4000) : '';
  }

  async close(): Promise<void> {
    await this.product.close();
    await this.machines.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
