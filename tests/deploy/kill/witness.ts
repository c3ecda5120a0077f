import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetHost } from '../../../src/demo/fleet/host.ts';
import type { Rig } from '../../lab/rig.ts';

/** Looks at the project's link on every host every 10 ms: it must lead to a whole release at every instant (I3). */
export class Witness {
  readonly broken: string[] = [];
  looks = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(rig: Rig) {
    this.#timer = setInterval(() => {
      for (const host of rig.fleet) this.#look(host, rig.project.key);
      this.looks += 1;
    }, 10);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(host: FleetHost, key: string): void {
    const link = join(host.hostPath, key);
    if (!existsSync(link)) this.broken.push(`${host.name}: no release`);
    else if (!['index.js', 'version', 'mode', 'artifact'].every((file) => existsSync(join(link, file)))) {
      this.broken.push(`${host.name}: ${readlinkSync(link)} is not whole`);
    }
  }
}

/** Processes that work below a folder, by their command line: what a lost worker could have left behind (I9). */
export function processesBelow(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandLine(pid))
    .filter((line) => line.includes(folder) && /rsync|git|warden|bridge-helper/.test(line));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}
