import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const ROOM = 200;

/**
 * Makes this process the one warden of the run: `pid` appears complete, once. False where there is one already.
 * It holds pid, start (clock ticks since boot, field 22 of proc(5)'s stat) and boot: no other process has all three.
 */
export function claim(runDir, workspace) {
  const file = join(runDir, `pid.${process.pid}`);
  const start = Number(readFileSync('/proc/self/stat', 'utf8').split(') ').pop().split(' ')[19]);
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  writeFileSync(file, JSON.stringify({ pid: process.pid, start, boot, workspace }), { mode: 0o600 });
  try {
    linkSync(file, join(runDir, 'pid'));
    writeFileSync(join(runDir, 'rc.room'), ' '.repeat(ROOM), { mode: 0o600 });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(file);
  }
}

/** The workspace of a run; null where the machine lost power before the claim was on disk. */
export function workspaceOf(runDir) {
  const text = readFileSync(join(runDir, 'pid'), 'utf8');
  return text.endsWith('}') ? JSON.parse(text).workspace : null;
}

/** Writes how the run ended, into room that was kept for it: `rc` appears complete, also on a full disk. */
export function writeEnd(runDir, end) {
  const room = join(runDir, 'rc.room');
  const file = openSync(room, constants.O_WRONLY | constants.O_CREAT, 0o600);
  writeSync(file, JSON.stringify(end).padEnd(ROOM), 0);
  fsyncSync(file);
  closeSync(file);
  renameSync(room, join(runDir, 'rc'));
}
