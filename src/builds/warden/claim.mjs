import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Writes how the run ended: `rc` appears complete. */
export function writeEnd(runDir, end) {
  const file = join(runDir, `rc.${process.pid}`);
  writeFileSync(file, JSON.stringify(end), { mode: 0o600, flush: true });
  renameSync(file, join(runDir, 'rc'));
}
