import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const program = join(import.meta.dirname, '../../scripts/cedar.mjs');
const started: CedarCommand[] = [];

/** The `cedar` command line as scripts run it: its own process. */
export class CedarCommand {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  /** Exit code. */
  readonly ended: Promise<number | null>;

  constructor(env: Record<string, string>, args: string[]) {
    this.child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
    started.push(this);
  }

  get json(): Record<string, unknown> {
    return JSON.parse(this.stdout) as Record<string, unknown>;
  }
}

afterAll(async () => {
  for (const { child } of started) if (child.exitCode === null) child.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended));
});
