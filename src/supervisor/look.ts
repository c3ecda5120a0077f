import { CedarError } from '../errors.ts';
import type { ProcessInfo } from '../model/process.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import { SshError } from '../shells/ssh/ssh-error.ts';
import type { Target } from '../shells/ssh/target.ts';
import type { SupervisorAccess } from './access.ts';
import { processesByCtl } from './ctl.ts';
import { SupervisorRpc } from './rpc.ts';

/** All processes of a host, and how they were asked for. */
export type Look = { via: 'rpc' | 'ctl'; processes: ProcessInfo[] };

/**
 * Looks at a host's supervisord: by XML-RPC, or by supervisorctl where the socket cannot be opened (it may need
 * sudo, or supervisord may be down: only supervisorctl knows). One that hangs is not asked twice.
 * @param options.deadlineMs for each of the calls, 10 s unless told.
 * @throws SshError where the host cannot be reached; CedarError as SupervisorRpc and processesByCtl throw.
 */
export async function look(
  pool: SshPool,
  target: Target,
  access: SupervisorAccess,
  options: { deadlineMs?: number } = {},
): Promise<Look> {
  const deadlineMs = options.deadlineMs ?? 10_000;
  try {
    const rpc = new SupervisorRpc(pool, target, access, deadlineMs);
    return { via: 'rpc', processes: await rpc.processes() };
  } catch (error) {
    if (!isClosedToUs(error, access)) throw error;
    return { via: 'ctl', processes: await processesByCtl(pool, target, access, deadlineMs) };
  }
}

/** supervisorctl may be allowed more than we: by sudo, or by the password in its own configuration. */
function isClosedToUs(error: unknown, access: SupervisorAccess): boolean {
  if (error instanceof SshError) return error.kind === 'channels';
  return error instanceof CedarError && error.code === 'supervisor_auth' && access.user === '';
}
