// Watches over one build, apart from the worker: `warden.mjs run|sweep <folder of the run>`.
// Plain JavaScript, because it starts with every build and has nothing to load.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { claim, workspaceOf, writeEnd } from './warden/claim.mjs';
import { startConfined } from './warden/confined.mjs';
import { openOutput } from './warden/output.mjs';
import { sweep } from './warden/sweep.mjs';

const GRACE_MS = 1000;
const [, , deed, runDir] = process.argv;
process.umask(0o022);
if (deed === 'sweep') await endLost();
else await run(JSON.parse(readFileSync(0, 'utf8')));

/** The warden of this run is gone: what it left is killed, and the end is written so that it stays the same. */
async function endLost() {
  await sweep({ runDir, workspace: workspaceOf(runDir), session: null });
  if (!existsSync(join(runDir, 'rc'))) writeEnd(runDir, { code: null, ended: whyStopped() });
}

/** Who ends a run writes the reason before; without one it was a stranger. */
function whyStopped() {
  const file = join(runDir, 'stop');
  return existsSync(file) ? readFileSync(file, 'utf8') : 'lost';
}

async function run(job) {
  if (!claim(runDir, job.workspace)) return;
  const output = openOutput(runDir, job.maxOutputBytes, () => idle.refresh());
  const shell = existsSync('/bin/bash') ? ['/bin/bash', '-eo', 'pipefail'] : ['/bin/sh', '-e'];
  const script = join(runDir, 'command');
  writeFileSync(script, job.command, { mode: 0o600 });
  const child = startConfined([...shell, script], job, { runDir, script, output: output.writer });
  output.begun();
  let why = 'exit';
  const end = (reason) => {
    if (why !== 'exit') return;
    why = reason;
    signalGroup(child.pid, 'SIGTERM');
    setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  const idle = setTimeout(() => end('idle'), job.idleSeconds * 1000);
  const timeout = setTimeout(() => end('timeout'), job.timeoutSeconds * 1000);
  process.on('SIGTERM', () => end(whyStopped()));
  const code = await ended(child);
  clearTimeout(idle);
  clearTimeout(timeout);
  await sweep({ runDir, workspace: job.workspace, session: child.pid });
  await output.close();
  writeEnd(runDir, { code: why === 'exit' ? code : null, ended: why });
  process.exit(0);
}

/** The exit code, as a shell tells it: 128 and the number for a signal, 127 for what could not be started. */
function ended(child) {
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    child.on('error', () => resolve(127));
  });
}

function signalGroup(pid, signal) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
