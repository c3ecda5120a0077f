import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const ROUNDS = 100;

/** The value of CEDAR_RUN in the environment of everything that this run starts. */
export function markerOf(runDir) {
  return createHash('sha256').update(runDir).digest('hex').slice(0, 32);
}

/**
 * Kills all that a run left behind, until nothing is found: what carries its marker, what is in its session, and
 * what works in its workspace without a terminal (a daemon that has cleared its environment).
 */
export async function sweep({ runDir, workspace, session }) {
  const marker = `CEDAR_RUN=${markerOf(runDir)}`;
  const isOurs = (pid) => {
    const stat = statOf(pid);
    if (!stat || stat.state === 'Z') return false;
    if (session !== null && stat.session === session) return true;
    if (environmentOf(pid).includes(marker)) return true;
    return stat.terminal === 0 && workspace !== null && isInside(folderOf(pid), workspace);
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = pids().filter(isOurs);
    if (found.length === 0) return;
    found.forEach(kill);
    await pause(10);
  }
}

function pids() {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => pid !== process.pid);
}

/** Fields 3, 6 and 7 of proc(5)'s stat; the name before them may hold anything. */
function statOf(pid) {
  const text = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (text === '') return null;
  const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ');
  return { state: fields[0], session: Number(fields[3]), terminal: Number(fields[4]) };
}

function environmentOf(pid) {
  return read(() => readFileSync(`/proc/${pid}/environ`, 'utf8')).split('\0');
}

function folderOf(pid) {
  return read(() => readlinkSync(`/proc/${pid}/cwd`));
}

function isInside(folder, workspace) {
  return folder === workspace || folder.startsWith(`${workspace}/`);
}

/** Processes of others cannot be read, and any may end meanwhile: both say nothing. */
function read(look) {
  try {
    return look();
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return '';
    throw error;
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}
