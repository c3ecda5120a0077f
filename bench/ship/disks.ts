import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sparse: what is not written takes no room. */
const BYTES = 2 * 2 ** 30;
const MEMORY = '/dev/shm';
const ROOM = 12 * 2 ** 30;

/**
 * A file system of its own for each machine, in memory: machines do not share one journal, and whoever syncs waits for
 * what that machine has written, not for ten machines and for whatever else this disk has to do.
 */
export class Disks {
  readonly #dir: string | null;
  readonly #mounted: string[] = [];

  private constructor(dir: string | null) {
    this.#dir = dir;
  }

  /** Without root, loop devices or room in memory, machines are plain folders. */
  static make(): Disks {
    const { bavail, bsize } = statfsSync(MEMORY, { bigint: false });
    if (process.getuid?.() !== 0 || bavail * bsize < ROOM) return new Disks(null);
    return new Disks(mkdtempSync(join(MEMORY, 'cedar-disks-')));
  }

  /** @returns false: the folder is a plain one. */
  mount(folder: string, name: string): boolean {
    mkdirSync(folder, { recursive: true });
    if (this.#dir === null) return false;
    const image = join(this.#dir, name);
    writeFileSync(image, '');
    truncateSync(image, BYTES);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', '-E', 'lazy_itable_init=1', image]);
    execFileSync('mount', ['-o', 'loop,noatime', image, folder]);
    this.#mounted.push(folder);
    return true;
  }

  /** Lazily: connections that end just now may still be in there. */
  remove(): void {
    for (const folder of this.#mounted) execFileSync('umount', ['-l', folder]);
    if (this.#dir) rmSync(this.#dir, { recursive: true });
  }
}
