import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../src/demo/fleet/free-port.ts';
import { until } from '../src/demo/fleet/until.ts';

const program = join(import.meta.dirname, '../scripts/run.mjs');

export type Running = { pid: number; end(): Promise<void> };

/** A program of the product as it runs in production. */
export function startProgram(name: 'web' | 'worker', settings: Record<string, string>): Running {
  return running(spawned(name, settings));
}

/** The web process, ready to answer. */
export async function startWeb(settings: Record<string, string>): Promise<Running & { address: string }> {
  const port = await freePort('127.0.0.1');
  const child = spawned('web', { ...settings, CEDAR_HOST: '127.0.0.1', CEDAR_PORT: String(port) });
  const address = `http://127.0.0.1:${port}`;
  const web = running(child);
  try {
    await until('the web process answers', () => answers(child, `${address}/healthz`), 60_000);
  } catch (error) {
    await web.end();
    throw error;
  }
  return { address, ...web };
}

/** What a living process holds in memory, MB (proc(5)). */
export function residentMb(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes ?? 0) / 1024;
}

function spawned(name: string, settings: Record<string, string>): ChildProcess {
  const own = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_ENV: 'production' };
  return spawn(process.execPath, [program, name], {
    env: { ...own, CEDAR_LOG_LEVEL: 'error', ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function running(child: ChildProcess): Running {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const end = async () => {
    child.kill('SIGTERM');
    await gone;
  };
  return { pid: child.pid ?? 0, end };
}

async function answers(child: ChildProcess, address: string): Promise<boolean> {
  if (child.exitCode !== null) throw new Error('the web process ended');
  return fetch(address).then(
    (answer) => answer.ok,
    () => false,
  );
}
