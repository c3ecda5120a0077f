import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { descendantsOf, type Proc } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';

const root = join(import.meta.dirname, '../..');

/** `npm start` or `npm run demo`, with a folder and a port of its own, until it is ended. */
export class Running {
  readonly #child: ChildProcess;
  readonly #dir: string;

  private constructor(child: ChildProcess, dir: string) {
    this.#child = child;
    this.#dir = dir;
  }

  static async begin(words: string[]): Promise<Running> {
    const dir = mkdtempSync(join(tmpdir(), 'cedar-rest-'));
    const port = await freePort('127.0.0.1');
    const env = { CEDAR_DATA_DIR: dir, CEDAR_DEMO_DIR: dir, CEDAR_PORT: String(port), CEDAR_LANGUAGE: 'en' };
    const all = words[0] === 'start' ? words : [...words, '--', '--port', String(port)];
    const child = spawn('npm', all, { cwd: root, env: { ...process.env, ...env }, stdio: 'ignore' });
    const running = new Running(child, dir);
    const answers = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    try {
      await until('it answers', answers, 120_000, 500);
    } catch (error) {
      await running.end();
      throw error;
    }
    return running;
  }

  /** npm itself and all that it started. */
  get processes(): Proc[] {
    return descendantsOf(this.#child.pid ?? 0);
  }

  get npm(): number {
    return this.#child.pid ?? 0;
  }

  /** A program of ours by name. */
  program(name: string): number {
    const found = this.processes.find(({ command }) => command.endsWith(`scripts/run.mjs ${name}`));
    if (!found) throw new Error(`${name} does not run`);
    return found.pid;
  }

  async end(): Promise<void> {
    const ours = this.processes.find(
      ({ command }) => /scripts\/(start|demo)\.mjs/.test(command) && !/^sh /.test(command),
    );
    if (ours) process.kill(ours.pid, 'SIGTERM');
    const gone = () => this.#child.exitCode !== null || this.#child.signalCode !== null;
    await until('it has ended', gone, 60_000, 200);
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
