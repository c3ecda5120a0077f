import { type Request as Launch, launch } from '../../deploy/launch.ts';
import { isGitRef } from '../../model/git-ref.ts';
import type { Project } from '../../model/project.ts';
import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import * as releases from '../../store/releases.ts';
import type { Call } from './call.ts';
import { accepted, launched } from './deeds.ts';
import { endpoint } from './endpoint.ts';
import { operationSchema } from './schemas/operation.ts';
import { z } from './schemas/z.ts';
import { deploysProject, projectHere } from './subjects.ts';

const kinds = ['deploy', 'rollback', 'fast-rollback', 'restart', 'stop'] as const;

const body = z.object({
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
    .describe('deploy: branch, tag or commit; left out: the branch of the project'),
  release: z
    .string()
    .min(1)
    .max(120)
    .optional()
    .describe('rollback, fast-rollback: id or name of a kept one'),
  reason: z
    .string()
    .max(500)
    .regex(/^[^\x00-\x1f\x7f]*$/, 'line')
    .optional(),
});
type Wish = z.output<typeof body>;

export const endpoints = [
  endpoint({
    ...{ method: 'POST', path: '/api/v1/projects/:project/operations', tag: 'Operations' },
    ...{ scopes: ['deploy'], guard: deploysProject, body, named: true },
    summary: 'Start an operation',
    about: 'Answers at once. A project runs one operation at a time: while another one does, 409 names it.',
    answers: { 202: { about: 'The operation, queued', schema: operationSchema } },
    handle: async (call, { body: wish }) => {
      const project = await projectHere(call);
      const request = await requestOf(call, project, wish);
      return accepted(call, await launched(call, wish, (db) => launch(db, request)));
    },
  }),
];

async function requestOf(call: Call, project: Project, wish: Wish): Promise<Launch> {
  const isRollback = wish.kind === 'rollback' || wish.kind === 'fast-rollback';
  if (isRollback && !wish.release) call.refuse({ field: 'release', code: 'required' });
  if (!isRollback && wish.release) call.refuse({ field: 'release', code: 'not_for_kind' });
  if (wish.kind !== 'deploy' && wish.ref) call.refuse({ field: 'ref', code: 'not_for_kind' });
  return {
    ...{ kind: wish.kind, projectId: project.id, hostIds: await hostIdsOf(call, project, wish.hosts) },
    ref: wish.kind === 'deploy' ? (wish.ref ?? project.branch) : null,
    releaseId: wish.release ? await releaseIdOf(call, project, wish.release) : null,
    ...{ reason: wish.reason || null, by: call.by, ...call.origin },
  };
}

/** S25: only hosts of the project, each named once, can be asked for. */
async function hostIdsOf(call: Call, project: Project, names: string[] | undefined): Promise<string[]> {
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
