import type { Delivery } from '../model/push.ts';
import * as audit from '../store/audit.ts';
import type { Db } from '../store/database.ts';

type Fate = Pick<Delivery, 'outcome' | 'detail'>;
/** Whence a push came; a push that waited comes from nowhere any more. */
type From = { project: { key: string }; forge: string; ip: string | null; requestId: string | null };

/** Remembers a push that was to be deployed and may not be: its hook is off, bound to tests, or a gate refused. */
export async function noteRefusedPush(trx: Db, from: From, what: object, fate: Fate): Promise<void> {
  if (fate.outcome !== 'refused' && fate.outcome !== 'production') return;
  const { project, forge, ip, requestId } = from;
  await audit.record(trx, {
    ...{ actor: `webhook:${forge}`, via: ip === null ? 'worker' : 'api', ip, requestId },
    ...{ action: 'webhook.receive', object: `project:${project.key}`, after: what },
    ...{ result: 'refused', reason: fate.detail ?? fate.outcome },
  });
}
