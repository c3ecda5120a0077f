import type { Request as Launch } from '../../deploy/launch.ts';
import { isProcessKind, processKinds } from '../../deploy/one-process.ts';
import { promotionOf } from '../../deploy/promotion.ts';
import { runtimeOf } from '../../deploy/runtimes.ts';
import { CedarError } from '../../errors.ts';
import { isGitRef } from '../../model/git-ref.ts';
import type { OperationParams } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import { strategySchema } from '../../model/strategy.ts';
import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import type { Call } from './call.ts';
import { passField } from './schemas/pass.ts';
import { z } from './schemas/z.ts';
import { subjectOf } from './subjects.ts';

const kinds = [
  ...(['deploy', 'prepare', 'promote', 'rollback', 'fast-rollback', 'restart', 'stop', 'put-back'] as const),
  ...(['push-configuration', 'clean-cache'] as const),
  ...processKinds,
];
type Kind = (typeof kinds)[number];

/** What a program asks for when it starts an operation. */
export const wishBody = z.object({
  kind: z.enum(kinds),
  hosts: z
    .array(z.string().min(1).max(253))
    .min(1)
    .max(1000)
    .optional()
    .describe('Ids, names or addresses; left out: every host of the project'),
  ref: z
    .string()
    .max(200)
    .refine(isGitRef, 'ref')
    .optional()
    .describe('deploy, prepare: branch, tag or commit; left out: the branch of the project'),
  release: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .describe('rollback, fast-rollback: id or name of a kept one; promote: id of one of another project'),
  process: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("restart-process, start-process, stop-process: supervisor's full name of it; with one host"),
  restart: z.boolean().optional().describe('push-configuration: have the processes take it over'),
  strategy: strategySchema.partial().optional().describe("What this run does otherwise than the project's"),
  reason: z
    .string()
    .max(500)
    .regex(/^[^\x00-\x1f\x7f]*$/, 'line')
    .optional(),
  pass: passField,
});
export type Wish = z.output<typeof wishBody>;

/** For which kinds a field has a meaning: elsewhere it is refused, not ignored. */
const meaning: Record<'ref' | 'release' | 'process' | 'restart' | 'hosts', (kind: Kind) => boolean> = {
  ref: (kind) => kind === 'deploy' || kind === 'prepare',
  release: (kind) => kind === 'rollback' || kind === 'fast-rollback' || kind === 'promote',
  process: isProcessKind,
  restart: (kind) => kind === 'push-configuration',
  hosts: (kind) => kind !== 'clean-cache',
};

export type Wanted = Pick<
  Launch,
  'kind' | 'hostIds' | 'ref' | 'releaseId' | 'reason' | 'strategy' | 'pass' | 'process'
> & {
  params: OperationParams;
};

/** The wish as `launch` takes it. @throws InvalidForm naming each field that does not fit, CedarError */
export async function wantedOf(call: Call, project: Project, wish: Wish): Promise<Wanted> {
  for (const [name, fits] of Object.entries(meaning))
    if (wish[name as keyof typeof meaning] !== undefined && !fits(wish.kind))
      call.refuse({ field: name, code: 'not_for_kind' });
  if (meaning.release(wish.kind) && !wish.release) call.refuse({ field: 'release', code: 'required' });
  if (meaning.process(wish.kind) && !wish.process) call.refuse({ field: 'process', code: 'required' });
  if (wish.kind === 'push-configuration' && runtimeOf(project).configure.length === 0)
    throw new CedarError('no_configuration', {}, 422);
  const isBack = wish.kind === 'rollback' || wish.kind === 'fast-rollback';
  const { kind, strategy } = wish;
  return {
    ...{ kind, strategy, hostIds: await hostIdsOf(call, project, wish) },
    ref: meaning.ref(kind) ? (wish.ref ?? project.branch) : null,
    releaseId: isBack ? await releaseIdOf(call, project, wish.release ?? '') : null,
    reason: wish.reason || null,
    pass: wish.pass || null,
    process: wish.process ?? null,
    params: await paramsOf(call, project, wish),
  };
}

/** S25: only hosts of the project, each named once, can be asked for. */
async function hostIdsOf(call: Call, project: Project, { kind, hosts: names }: Wish): Promise<string[]> {
  if (kind === 'clean-cache') return [];
  const ids = (await placements.ofProject(call.db, project.id)).map(({ hostId }) => hostId);
  if (names === undefined) return ids;
  const known = await hosts.byIds(call.db, ids);
  const chosen = names.map((name, index) => {
    const host = known.find(({ id, name: own, address }) => [id, own, address].includes(name));
    return host?.id ?? call.refuse({ field: `hosts.${index}`, code: 'host_of_project' });
  });
  if (new Set(chosen).size < chosen.length) call.refuse({ field: 'hosts', code: 'twice' });
  return chosen;
}

async function releaseIdOf(call: Call, project: Project, name: string): Promise<string> {
  const kept = await releases.kept(call.db, project.id);
  const found = kept.find((release) => release.id === name || release.name === name);
  return found?.id ?? call.refuse({ field: 'release', code: 'release_kept' });
}

async function paramsOf(call: Call, project: Project, wish: Wish): Promise<OperationParams> {
  if (wish.kind === 'push-configuration') return { restart: wish.restart ?? false };
  if (wish.kind !== 'promote') return {};
  const release = await releases.byId(call.db, wish.release ?? '');
  const source = release && (await projects.byId(call.db, release.projectId));
  const sees = source && call.may('project.see', await subjectOf(call, source));
  if (!sees || !release) return call.refuse({ field: 'release', code: 'choice' });
  return { promotion: await promotionOf(call.db, project, release.id) };
}
