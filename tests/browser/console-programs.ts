import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Child } from '../../src/bin/child.ts';
import { until } from '../../src/demo/fleet/until.ts';
import type { Rig } from '../lab/rig.ts';
import { quickTimes } from '../lab/worker-process.ts';

/** A console over a rig's database: web, worker and what else is asked for as programs of their own; they end with the test. */
export class ConsolePrograms {
  /** Where the web program listens. */
  address = '';
  /** Programs that ended though nobody asked them to. */
  readonly deaths: string[] = [];
  readonly #env: NodeJS.ProcessEnv;
  readonly #log: string;
  readonly #output: number;
  readonly #children: Child[] = [];

  private constructor(env: NodeJS.ProcessEnv, dir: string) {
    this.#env = env;
    this.#log = join(dir, 'programs.log');
    this.#output = openSync(this.#log, 'a', 0o600);
  }

  static async over(
    rig: Rig,
    more: Record<string, string> = {},
    others: 'health'[] = [],
  ): Promise<ConsolePrograms> {
    const own = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test', CEDAR_LOG_LEVEL: 'info' };
    // a browser keeps the machine busy: leases are as long as in production
    const leases = { CEDAR_LEASE_SECONDS: '', CEDAR_LEASE_RENEW_SECONDS: '', CEDAR_LEASE_STOP_SECONDS: '' };
    const env = { ...own, ...rig.env, ...quickTimes, ...leases, CEDAR_PORT: '0', ...more };
    const programs = new ConsolePrograms(env, rig.env.CEDAR_DATA_DIR ?? '');
    onTestFinished(() => programs.stop(), 60_000);
    programs.#start('web');
    await until('the web program listens', () => programs.#listens(), 60_000);
    // links in chat lead to where people read them
    programs.#start('worker', { CEDAR_BASE_URL: programs.address });
    for (const name of others) programs.#start(name);
    return programs;
  }

  /** The last lines that are no plain news. */
  get warnings(): string {
    const lines = readFileSync(this.#log, 'utf8').split('\n');
    return lines
      .filter((line) => !/"level":(10|20|30|"(trace|debug|info)")/.test(line))
      .slice(-40)
      .join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop(20_000)));
    closeSync(this.#output);
  }

  #start(name: string, more: Record<string, string> = {}): void {
    const onDeath = (program: string, how: string) => this.deaths.push(`${program}: ${how}`);
    const child = new Child({ name, env: { ...this.#env, ...more }, output: this.#output, onDeath });
    this.#children.push(child);
    child.start();
  }

  #listens(): boolean {
    const said = readFileSync(this.#log, 'utf8');
    if (this.deaths.length > 0) throw new Error(`${this.deaths.join()}\n${said}`);
    this.address = /"address":"(http:[^"]+)"/.exec(said)?.[1] ?? '';
    return this.address !== '';
  }
}
