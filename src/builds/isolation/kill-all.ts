import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { CedarError } from '../../errors.ts';

const ROUNDS = 500;

/**
 * Kills every process of a user that has this very group, until none is found.
 * @throws CedarError `build_start` where some cannot be ended
 */
export async function killAll(uid: number, gid: number): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await processesOf(uid, gid);
    if (found.length === 0) return;
    found.forEach(kill);
    await pause(10);
  }
  throw new CedarError('build_start', { tail: 'what an earlier command left behind cannot be ended' }, 500);
}

async function processesOf(uid: number, gid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(pids.map(async (pid) => ({ pid, status: await statusOf(pid) })));
  const ours = all.filter(({ status }) => has(status, 'Uid', uid) && has(status, 'Gid', gid));
  return ours.filter(({ status }) => !/^State:\s+[ZX]/m.test(status)).map(({ pid }) => Number(pid));
}

function has(status: string, name: 'Uid' | 'Gid', id: number): boolean {
  return new RegExp(`^${name}:\\t${id}\\t`, 'm').test(status);
}

async function statusOf(pid: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/status`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
