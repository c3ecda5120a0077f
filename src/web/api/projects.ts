import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import * as releases from '../../store/releases.ts';
import { hostRows } from '../deploy/hosts.ts';
import type { Call } from './call.ts';
import { endpoint, ok } from './endpoint.ts';
import { paged, pageOf, paging, sliced } from './schemas/paging.ts';
import { placementAnswer, placementSchema } from './schemas/placement.ts';
import { projectSchema } from './schemas/project.ts';
import { releaseAnswer, releaseSchema } from './schemas/release.ts';
import { projectAnswers, seenProjects } from './seen.ts';
import { projectHere, seesProject } from './subjects.ts';

const tag = 'Projects';

export const endpoints = [
  endpoint({
    ...{ method: 'GET', path: '/api/v1/projects', tag, scopes: ['read'], guard: 'token' },
    summary: 'The projects that the token may see, by key',
    query: paging,
    answers: { 200: { about: 'A page of projects', schema: pageOf(projectSchema) } },
    handle: async (call, { query }) => {
      const page = sliced(await seenProjects(call), (project) => project.key, query);
      return ok({ ...page, items: await projectAnswers(call, page.items) });
    },
  }),
  endpoint({
    ...{ method: 'GET', path: '/api/v1/projects/:project', tag, scopes: ['read'], guard: seesProject },
    summary: 'One project, by its key or id',
    answers: { 200: { about: 'The project; its ETag is its revision', schema: projectSchema } },
    handle: async (call) => {
      const project = await projectHere(call);
      const [answer] = await projectAnswers(call, [project]);
      return ok(answer, { ETag: `"${project.revision}"` });
    },
  }),
  endpoint({
    ...{ method: 'GET', path: '/api/v1/projects/:project/releases', tag, scopes: ['read'] },
    guard: seesProject,
    summary: "A project's kept releases, newest first",
    query: paging,
    answers: { 200: { about: 'A page of releases', schema: pageOf(releaseSchema) } },
    handle: async (call, { query }) => {
      const kept = await releases.kept(call.db, (await projectHere(call)).id);
      const rest = query.after === undefined ? kept : kept.filter(({ id }) => id < String(query.after));
      const page = paged(rest, (release) => release.id, query.limit);
      return ok({ ...page, items: page.items.map(releaseAnswer) });
    },
  }),
  endpoint({
    ...{ method: 'GET', path: '/api/v1/projects/:project/placements', tag, scopes: ['read'] },
    guard: seesProject,
    summary: "A project's hosts, in the order in which they are deployed to, with what runs there",
    answers: { 200: { about: 'All of them', schema: pageOf(placementSchema) } },
    handle: async (call) => ok(await placementsOf(call)),
  }),
];

async function placementsOf(call: Call) {
  const project = await projectHere(call);
  const rows = await hostRows(call, project);
  return { items: rows.map((row) => placementAnswer(project, row)), next: null };
}

/** The hosts that a token may see: all for an admin's token of full reach, else those of its projects. */
export async function seenHosts(call: Call) {
  const all = await hosts.all(call.db);
  if (call.may('admin')) return all;
  const mine = new Set((await seenProjects(call)).map(({ id }) => id));
  const placed = (await placements.all(call.db)).filter(({ projectId }) => mine.has(projectId));
  const ids = new Set(placed.map(({ hostId }) => hostId));
  return all.filter(({ id }) => ids.has(id));
}
