import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Confinement, Isolation, Place } from './confinement.ts';

/** Commands run as the worker's own user: only their environment is their own. */
export class NoIsolation implements Isolation {
  readonly kind = 'none';
  readonly strong = false;
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  home(): string {
    return join(this.#dataDir, 'build-home');
  }

  async confine({ home }: Place): Promise<Confinement> {
    await mkdir(home, { recursive: true, mode: 0o700 });
    return { prefix: [] };
  }

  async endLeft(): Promise<void> {
    await Promise.resolve();
  }

  async reclaim(): Promise<void> {
    await Promise.resolve();
  }
}
