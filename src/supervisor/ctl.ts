import { CedarError } from '../errors.ts';
import type { ProcessInfo } from '../model/process.ts';
import type { ExecResult } from '../shells/ssh/exec.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import { SshError } from '../shells/ssh/ssh-error.ts';
import type { Target } from '../shells/ssh/target.ts';
import type { SupervisorAccess } from './access.ts';
import { readStatus } from './status-text.ts';

/**
 * All processes of the host by `supervisorctl status`, where its socket cannot be opened.
 * Throws SshError, and CedarError `supervisor_hung`, `supervisor_down`, `supervisor_missing` (not installed),
 * `supervisor_auth`, `supervisor_denied` (may not be asked), `supervisor_lost` (an answer we do not understand).
 */
export async function processesByCtl(
  pool: SshPool,
  target: Target,
  access: SupervisorAccess,
  deadlineMs: number,
): Promise<ProcessInfo[]> {
  const clock = await pool.exec(target, ['date', '+%s'], { deadlineMs });
  const answer = await status(pool, target, access, deadlineMs);
  const known = answer.code === 0 || answer.code === 3;
  const processes = known ? readStatus(answer.stdout, Number(clock.stdout.trim())) : null;
  if (!processes) throw refusal(answer, target);
  return processes;
}

async function status(pool: SshPool, target: Target, access: SupervisorAccess, deadlineMs: number) {
  try {
    return await pool.exec(target, [...access.ctl, 'status'], { deadlineMs });
  } catch (error) {
    if (!(error instanceof SshError && error.kind === 'deadline')) throw error;
    const detail = { host: target.name, seconds: deadlineMs / 1000 };
    throw new CedarError('supervisor_hung', detail, 502, { cause: error });
  }
}

const REFUSALS: [string, RegExp][] = [
  ['supervisor_down', /refused connection|no such file\s*$|SHUTDOWN_STATE|shutting down/m],
  ['supervisor_auth', /requires authentication|unauthorized/i],
  ['supervisor_denied', /permission denied|password is required|not allowed/i],
  ['supervisor_missing', /not found/i],
];

function refusal(answer: ExecResult, target: Target): CedarError {
  const said = `${answer.stdout}\n${answer.stderr}`.trim();
  const known = REFUSALS.find(([, words]) => words.test(said))?.[0];
  const missing = answer.code === 127 ? 'supervisor_missing' : undefined;
  const reason = said.slice(-500) || `exit ${answer.code ?? answer.signal}`;
  return new CedarError(missing ?? known ?? 'supervisor_lost', { host: target.name, reason }, 502);
}
