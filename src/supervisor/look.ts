import { CedarError } from '../errors.ts';
import type { ProcessInfo } from '../model/process.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import { SshError } from '../shells/ssh/ssh-error.ts';
import type { Target } from '../shells/ssh/target.ts';
import type { SupervisorAccess } from './access.ts';
import { processesByCtl } from './ctl.ts';
import type { KnownAnswer } from './known-answer.ts';
import { SupervisorRpc } from './rpc.ts';

/** supervisord's own bytes, and when they came, epoch ms by our clock. */
export type Answer = { body: Buffer; at: number };

/** All processes of a host, and how they were asked for. `answer`: null from supervisorctl. */
export type Look = { via: 'rpc' | 'ctl'; processes: ProcessInfo[]; answer: Answer | null };

type Options = { deadlineMs?: number };

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
  options: Options = {},
): Promise<Look> {
  return (await lookAgain(pool, target, access, undefined, options))!;
}

/** Looks as `look` does; null where supervisord says the same as in the answer that is known. */
export async function lookAgain(
  pool: SshPool,
  target: Target,
  access: SupervisorAccess,
  known: KnownAnswer | undefined,
  { deadlineMs = 10_000 }: Options = {},
): Promise<Look | null> {
  const rpc = new SupervisorRpc(pool, target, access, deadlineMs);
  const body = await answerOf(rpc, access);
  const at = Date.now();
  if (body && known?.isRepeatedBy(body, at)) return null;
  if (body) return { via: 'rpc', processes: rpc.read(body), answer: { body, at } };
  return { via: 'ctl', processes: await processesByCtl(pool, target, access, deadlineMs), answer: null };
}

/** Null where the socket is closed to us. */
async function answerOf(rpc: SupervisorRpc, access: SupervisorAccess): Promise<Buffer | null> {
  try {
    return await rpc.answer();
  } catch (error) {
    if (!isClosedToUs(error, access)) throw error;
    return null;
  }
}

/** supervisorctl may be allowed more than we: by sudo, or by the password in its own configuration. */
function isClosedToUs(error: unknown, access: SupervisorAccess): boolean {
  if (error instanceof SshError) return error.kind === 'channels';
  return error instanceof CedarError && error.code === 'supervisor_auth' && access.user === '';
}
