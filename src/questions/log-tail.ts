import { z } from 'zod';
import { mask, maskedForms } from '../model/masker.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { accessOf } from '../supervisor/access.ts';
import { processNames } from '../supervisor/render-for-host.ts';
import { SupervisorRpc } from '../supervisor/rpc.ts';
import type { Means } from './means.ts';
import { placementSnapshot } from './placement-snapshot.ts';

const argsSchema = z.object({ placementId: z.string(), process: z.number().int().min(0).max(99) });

/** The last 16 KiB of a program's own log, with the project's secrets masked. */
export async function logTail({ db, pool, vault }: Means, args: unknown): Promise<{ text: string }> {
  const { placementId, process } = argsSchema.parse(args);
  const { project, host } = await placementSnapshot(db, placementId);
  const name = processNames(project, host)[process];
  if (!name) return { text: '' };
  const text = await new SupervisorRpc(pool, targetOf(host), accessOf(host.settings, vault)).tail(
    name,
    16_384,
  );
  const secret = [...project.env, ...host.env]
    .filter((one) => one.secret)
    .map((one) => vault.open(one.value));
  return { text: mask(text, maskedForms(secret)) };
}
