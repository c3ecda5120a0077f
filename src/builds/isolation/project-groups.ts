import { mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The number of the unix group that each project has for its commands, the same for ever: a file named after the
 * number points to the key, so that several workers of a machine agree without a lock.
 */
export class ProjectGroups {
  readonly #dir: string;
  readonly #first: number;
  readonly #known = new Map<string, number>();

  /** @param first the lowest number; nobody else on the machine may use it or those after it */
  constructor(dir: string, first: number) {
    this.#dir = dir;
    this.#first = first;
  }

  async of(projectKey: string): Promise<number> {
    for (;;) {
      const known = this.#known.get(projectKey);
      if (known !== undefined) return known;
      await this.#read();
      if (!this.#known.has(projectKey)) await this.#take(projectKey);
    }
  }

  async #read(): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const names = (await readdir(this.#dir)).filter((name) => Number(name) >= this.#first);
    for (const name of names) this.#known.set(await readlink(join(this.#dir, name)), Number(name));
  }

  async #take(projectKey: string): Promise<void> {
    const next = Math.max(this.#first - 1, ...this.#known.values()) + 1;
    try {
      await symlink(projectKey, join(this.#dir, String(next)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
