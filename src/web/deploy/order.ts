import { z } from 'zod';
import type { Request } from '../../deploy/launch.ts';
import { isGitRef } from '../../model/git-ref.ts';
import type { OperationParams } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import * as operations from '../../store/operations.ts';
import { checkbox, lineOrNone, many } from '../form.ts';
import type { Page } from '../page.ts';
import { strategyIn, strategyShape } from '../strategy/strategy-fields.ts';
import { preparedOf } from './review.ts';
import { chosenSource } from './sources.ts';

const id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'wrong');
const idOrNone = z.union([id, z.literal('')]).optional();

/** The whole form of the deploy page; every button of it sends all of its fields. */
export const orderForm = z.object({
  kind: z.enum(['deploy', 'prepare', 'rollback', 'restart', 'stop', 'promote']),
  hosts: many(id),
  ref: z
    .string()
    .trim()
    .refine((text) => text === '' || isGitRef(text), 'ref')
    .optional(),
  releaseId: idOrNone,
  fast: checkbox,
  reason: lineOrNone(500).optional(),
  /** The approved ticket that is carried out, by its one button. */
  ticket: idOrNone,
  /** An admin's reason to go past what stands in the way. */
  pass: lineOrNone(500).optional(),
  idempotencyKey: id,
  /** promote: the release of the other project. */
  source: idOrNone,
  /** The preparation that the plan page showed. */
  prepared: idOrNone,
  /** What the plan page showed: that runs, or nothing. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/, 'wrong')
    .optional(),
  decided: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'wrong')
    .optional(),
  /** This run does otherwise than the project's strategy says. */
  ownStrategy: checkbox,
  ...z.object(strategyShape).partial().shape,
  /** Later: a moment in the person's zone, and how many minutes a busy project is waited for. */
  at: z.string().trim().max(30).optional(),
  grace: z.string().trim().max(10).optional(),
});
export type Order = z.output<typeof orderForm>;

/** The same form on its way to the plan page, which starts nothing; a finished preparation comes there by itself. */
export const planForm = orderForm.partial().extend({ plan: z.literal('rollback').optional() });

type Wanted = Pick<Request, 'kind' | 'hostIds' | 'ref' | 'releaseId' | 'reason' | 'strategy' | 'ticketId'> & {
  params: OperationParams;
};

/** What the form asks for, as `launch` takes it; the page is shown again where something is missing. */
export async function wantedOf(page: Page, project: Project, order: Order): Promise<Wanted> {
  if (order.hosts.length === 0) page.refuse({ field: 'hosts', code: 'hosts_needed' });
  const builds = order.kind === 'deploy' || order.kind === 'prepare';
  const isRollback = order.kind === 'rollback';
  if (isRollback && !order.releaseId) page.refuse({ field: 'releaseId', code: 'required' });
  const { commit, decided } = order;
  const configCommit = await preparedConfig(page, project, order);
  return {
    kind: isRollback && order.fast ? 'fast-rollback' : order.kind,
    hostIds: order.hosts,
    ref: builds ? order.ref || project.branch : null,
    releaseId: isRollback ? order.releaseId : null,
    reason: order.reason ?? null,
    ticketId: order.ticket || null,
    params: {
      ...(commit && { commit }),
      ...(decided && { decided }),
      ...(configCommit && { configCommit }),
      ...(order.kind === 'promote' && { promotion: await chosenSource(page, project, order.source) }),
    },
    strategy: strategyOf(page, order),
  };
}

/** From which commit of its second repository the preparation was built that this deploy shall run. */
async function preparedConfig(page: Page, project: Project, order: Order): Promise<string | undefined> {
  const prepared = order.kind === 'deploy' ? await preparedOf(page, project, order.prepared ?? null) : null;
  if (!prepared) return undefined;
  const { configCommit } = await operations.facts(page.db, prepared.id);
  return typeof configCommit === 'string' ? configCommit : undefined;
}

/** What the run does otherwise than the project's strategy; undefined: nothing. */
export function strategyOf(page: Page, order: Partial<Order>): Request['strategy'] {
  if (!order.ownStrategy) return undefined;
  const names = Object.keys(strategyShape) as (keyof typeof strategyShape)[];
  const missing = names.find((name) => order[name] === undefined);
  if (missing) page.refuse({ field: missing, code: 'required' });
  return strategyIn(order);
}
