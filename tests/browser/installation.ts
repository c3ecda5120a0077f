import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, runToEnd } from '../../src/bin/child.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { surroundings } from '../../src/demo/surroundings.ts';

/** Quicker than production, but no shorter leases: a browser keeps the machine busy. */
const quick = {
  NODE_ENV: 'test',
  CEDAR_POLL_SECONDS: '0.1',
  CEDAR_SWEEP_SECONDS: '2',
  CEDAR_STABLE_SECONDS: '0',
  CEDAR_PORT_EVERY_SECONDS: '0.2',
  CEDAR_HTTP_EVERY_SECONDS: '0.2',
  CEDAR_HTTP_TRIES: '10',
  CEDAR_CHECK_EVERY_SECONDS: '0.1',
};

/** A fresh installation as `npm start` runs it: migrated, then web, worker and health as programs of their own. */
export class Installation {
  /** The one-time address that the web program printed. */
  setupLink = '';
  /** Programs that ended though nobody asked them to. */
  readonly deaths: string[] = [];
  readonly #log: string;
  readonly #output: number;
  readonly #children: Child[] = [];

  private constructor(dir: string) {
    this.#log = join(dir, 'programs.log');
    this.#output = openSync(this.#log, 'a', 0o600);
  }

  /** Starts one in a folder; `more` are settings by environment name. Resolves when it waits for its admin. */
  static async start(dir: string, more: Record<string, string>): Promise<Installation> {
    const installation = new Installation(dir);
    const options = { reset: false, language: null, port: null };
    await installation.#start({
      ...surroundings(join(dir, 'var'), 0, options),
      ...quick,
      CEDAR_BUILD_ISOLATION: 'none',
      ...more,
    });
    return installation;
  }

  get address(): string {
    return new URL(this.setupLink).origin;
  }

  /** What the programs said. */
  get log(): string {
    return readFileSync(this.#log, 'utf8');
  }

  /** The last lines that are no plain news: pino's levels from 40 on, and whatever is not pino's. */
  get warnings(): string {
    const lines = this.log
      .split('\n')
      .filter((line) => !/"level":(10|20|30|"(trace|debug|info)")/.test(line));
    return lines.slice(-40).join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop(20_000)));
    closeSync(this.#output);
  }

  async #start(env: NodeJS.ProcessEnv): Promise<void> {
    await runToEnd('migrate', env, this.#output);
    for (const name of ['web', 'worker', 'health']) {
      const onDeath = (program: string, how: string) => this.deaths.push(`${program}: ${how}`);
      const child = new Child({ name, env, output: this.#output, onDeath });
      this.#children.push(child);
      child.start();
    }
    await until('the one-time link is printed', () => this.#printed(), 60_000);
  }

  #printed(): boolean {
    if (this.deaths.length > 0) throw new Error(`${this.deaths.join()}\n${this.log}`);
    this.setupLink = /http:\S+\/setup\/\S+/.exec(this.log)?.[0] ?? '';
    return this.setupLink !== '';
  }
}
