import { CedarError } from '../errors.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Target } from '../shells/ssh/target.ts';
import type { SupervisorAccess } from './access.ts';

type Wanted = { name: string; stream: 'stdout' | 'stderr'; bytes: number };

/**
 * The end of a process's log by `supervisorctl tail`, where its socket cannot be opened; null where there is none.
 * @throws SshError; CedarError `supervisor_lost` where supervisorctl itself failed
 */
export async function tailByCtl(
  pool: SshPool,
  target: Target,
  { ctl }: SupervisorAccess,
  { name, stream, bytes }: Wanted,
  signal: AbortSignal,
): Promise<string | null> {
  const argv = [...ctl, 'tail', `-${bytes}`, name, stream];
  const { stdout, stderr, code } = await pool.exec(target, argv, { signal });
  if (/^[^\n]*: ERROR \((no log file|no such process name|bad name)\)\s*$/.test(stdout)) return null;
  if (code === 0) return stdout;
  const reason = `${stdout}\n${stderr}`.trim().slice(-300) || `exit ${code}`;
  throw new CedarError('supervisor_lost', { host: target.name, reason }, 502);
}
