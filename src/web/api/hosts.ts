import { believedMs } from '../../model/belief.ts';
import type { Host } from '../../model/host.ts';
import * as placements from '../../store/placements.ts';
import { hostStates } from '../../store/states.ts';
import { seenWords } from '../seen-words.ts';
import type { Call } from './call.ts';
import { endpoint, ok } from './endpoint.ts';
import { seenHosts } from './projects.ts';
import { hostAnswer, hostSchema } from './schemas/host.ts';
import { pageOf, paging, sliced } from './schemas/paging.ts';
import { seenProjects } from './seen.ts';

const tag = 'Hosts';

export const endpoints = [
  endpoint({
    ...{ method: 'GET', path: '/api/v1/hosts', tag, scopes: ['read'], guard: 'token' },
    summary: 'The machines that the token may see, by name',
    about: "An administrator's token of full reach sees all; others those of the projects that they see.",
    query: paging,
    answers: { 200: { about: 'A page of hosts', schema: pageOf(hostSchema) } },
    handle: async (call, { query }) => {
      const page = sliced(await seenHosts(call), (host) => host.name, query);
      return ok({ ...page, items: await hostAnswers(call, page.items) });
    },
  }),
  endpoint({
    ...{ method: 'GET', path: '/api/v1/hosts/:host', tag, scopes: ['read'], guard: 'token' },
    summary: 'One machine, by its id or name',
    answers: { 200: { about: 'The host', schema: hostSchema } },
    handle: async (call) => {
      const [answer] = await hostAnswers(call, [await hostHere(call)]);
      return ok(answer);
    },
  }),
];

/** The host of the path. @throws CedarError `not_found` (404), also for one that the token may not see */
export async function hostHere(call: Call): Promise<Host> {
  const name = call.param('host');
  const seen = await seenHosts(call);
  return seen.find((host) => host.id === name || host.name === name) ?? call.notFound();
}

export async function hostAnswers(call: Call, some: Host[]) {
  const states = await hostStates(call.db, believedMs(call.settings.sweepSeconds));
  const keys = new Map((await seenProjects(call)).map(({ id, key }) => [id, key]));
  const placed = await placements.all(call.db);
  return some.map((host) => {
    const state = states.get(host.id);
    const here = placed.flatMap(({ hostId, projectId }) =>
      hostId === host.id ? (keys.get(projectId) ?? []) : [],
    );
    return hostAnswer(host, state, seenWords(call.t, state?.message ?? null), here.sort());
  });
}
