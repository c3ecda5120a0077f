import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { program } from './program.ts';

const started: WorkerProcess[] = [];

/** Times for tests: seconds where production has tens of them. */
export const quickTimes = {
  CEDAR_POLL_SECONDS: '0.05',
  CEDAR_LEASE_SECONDS: '2',
  CEDAR_LEASE_RENEW_SECONDS: '0.4',
  CEDAR_LEASE_STOP_SECONDS: '1.4',
  CEDAR_STABLE_SECONDS: '0',
  CEDAR_PORT_TRIES: '40',
  CEDAR_PORT_EVERY_SECONDS: '0.1',
  CEDAR_HTTP_TRIES: '10',
  CEDAR_HTTP_EVERY_SECONDS: '0.1',
  CEDAR_CHECK_EVERY_SECONDS: '0.1',
  CEDAR_CONNECT_SECONDS: '2',
  CEDAR_COMMAND_SECONDS: '20',
  CEDAR_ALLOW_INSECURE_GIT: 'true',
  CEDAR_ALLOW_LOOPBACK_HOSTS: 'true',
  // Builds of tests wait for files and leave marks anywhere; tests/security/build-isolation.test.ts is for the rest.
  CEDAR_BUILD_ISOLATION: 'none',
};

/** A worker as it runs in production: its own process, ended by its pid. */
export class WorkerProcess {
  readonly child: ChildProcess;
  output = '';
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(env: Record<string, string>) {
    const own = {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      NODE_ENV: 'test',
      CEDAR_LOG_LEVEL: 'info',
    };
    this.child = spawn(process.execPath, program('worker'), {
      env: { ...own, ...quickTimes, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr?.on('data', (chunk) => {
      this.output += chunk;
      if (process.env.CEDAR_TEST_LOG) appendFileSync(process.env.CEDAR_TEST_LOG, chunk);
    });
    this.exited = new Promise((resolve) =>
      this.child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    started.push(this);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.running) this.child.kill(signal);
    await this.exited;
  }
}

afterAll(async () => {
  await Promise.all(started.map((worker) => worker.kill()));
});
