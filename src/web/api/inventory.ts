import { believedMs } from '../../model/belief.ts';
import { projectTypes } from '../../project-types/index.ts';
import { failing } from '../../store/failing.ts';
import * as groups from '../../store/groups.ts';
import * as hosts from '../../store/hosts.ts';
import * as locks from '../../store/locks.ts';
import * as operations from '../../store/operations.ts';
import * as placements from '../../store/placements.ts';
import * as releases from '../../store/releases.ts';
import { seenWords } from '../seen-words.ts';
import type { Call } from './call.ts';
import { endpoint, ok } from './endpoint.ts';
import { seenHosts } from './projects.ts';
import * as told from './schemas/inventory.ts';
import { momentOf, momentOrNoneOf, z } from './schemas/z.ts';
import { seenProjects } from './seen.ts';

const query = z.object({
  project: z.string().max(80).optional().describe('Of this project alone, by its key'),
});
type Query = z.output<typeof query>;

/** One list of the inventory: whole, of what the token may see. */
function list<S extends z.ZodType>(
  name: string,
  summary: string,
  item: S,
  find: (call: Call, query: Query) => Promise<z.input<S>[]>,
) {
  return endpoint({
    ...{
      method: 'GET',
      path: `/api/v1/inventory/${name}`,
      tag: 'Inventory',
      scopes: ['read'],
      guard: 'token',
    },
    ...{ summary, query },
    answers: { 200: { about: 'All of it', schema: z.object({ items: z.array(item) }) } },
    handle: async (call, sent) => ok({ items: await find(call, sent.query) }),
  });
}

export const endpoints = [
  list('project-hosts', 'The hosts of each project', told.projectHosts, projectHosts),
  list('hosts', 'All hosts', told.host, async (call, { project }) =>
    project === undefined
      ? (await seenHosts(call)).map(({ name, address }) => ({ host: name, address }))
      : (await projectHosts(call, { project })).flatMap((one) =>
          one.hosts.map(({ host, address }) => ({ host, address })),
        ),
  ),
  list('addresses', 'The addresses of all hosts', z.string(), async (call, sent) => {
    const all = sent.project
      ? (await projectHosts(call, sent)).flatMap((one) => one.hosts)
      : await seenHosts(call);
    return [...new Set(all.map(({ address }) => address))].sort();
  }),
  list(
    'failing',
    'Services that fail, or of which nothing is known, the longest first',
    told.failing,
    notWell,
  ),
  list('ports', 'Which project uses which ports on which host', told.port, ports),
  list('projects', 'All projects', told.project, allProjects),
  list('releases', 'The release that last ran well, project by project', told.release, lastGood),
  list('locks', 'Who holds which project, and since when', told.lock, held),
];

async function chosen(call: Call, { project }: Query) {
  const seen = await seenProjects(call);
  return project === undefined ? seen : seen.filter(({ key }) => key === project);
}

async function projectHosts(call: Call, sent: Query) {
  const machines = new Map((await hosts.all(call.db)).map((host) => [host.id, host]));
  const all = await placements.all(call.db);
  return (await chosen(call, sent)).map(({ id, key }) => ({
    project: key,
    hosts: all
      .filter(({ projectId }) => projectId === id)
      .flatMap(({ hostId, processes }) => {
        const host = machines.get(hostId);
        return host ? [{ host: host.name, address: host.address, processes }] : [];
      }),
  }));
}

async function notWell(call: Call, sent: Query) {
  const mine = new Set((await chosen(call, sent)).map(({ key }) => key));
  const found = await failing(call.db, believedMs(call.settings.sweepSeconds), call.groupIds, 10_000);
  return found
    .filter(({ projectKey }) => mine.has(projectKey))
    .map(({ projectKey, hostName, state, since, message }) => ({
      ...{ project: projectKey, host: hostName, state, since: momentOrNoneOf(since) },
      message: seenWords(call.t, message),
    }));
}

async function ports(call: Call, sent: Query) {
  const byKey = new Map((await chosen(call, sent)).map((project) => [project.key, project.port]));
  return (await projectHosts(call, sent)).flatMap(({ project, hosts: there }) => {
    const first = byKey.get(project) ?? null;
    if (first === null) return [];
    return there.map(({ host, address, processes }) => ({
      ...{ project, host, address },
      ports: [...Array(processes).keys()].map((index) => first + index),
    }));
  });
}

async function allProjects(call: Call, sent: Query) {
  const names = new Map((await groups.all(call.db)).map(({ id, name }) => [id, name]));
  const ported = new Set(projectTypes.filter(({ usesPort }) => usesPort).map(({ name }) => name));
  return (await chosen(call, sent)).map(({ key, environment, groupId, type, gitUrl, branch, port }) => ({
    ...{ project: key, environment, git: gitUrl, branch, type, group: names.get(groupId) ?? '' },
    port: ported.has(type) ? port : null,
  }));
}

async function lastGood(call: Call, sent: Query) {
  const rows = [];
  for (const { id, key } of await chosen(call, sent)) {
    const release = await releases.lastGood(call.db, id);
    const { name: tag, commit } = release ?? { name: null, commit: null };
    rows.push({ project: key, tag, commit, at: momentOrNoneOf(release?.goodAt ?? null) });
  }
  return rows;
}

async function held(call: Call, sent: Query) {
  const rows = [];
  for (const { id, key } of await chosen(call, sent)) {
    const lock = await locks.ofProject(call.db, id);
    const operation = lock?.operationId ? await operations.byId(call.db, lock.operationId) : null;
    if (!operation) continue;
    const { id: taskid, kind, state, requestedName: by, createdAt } = operation;
    rows.push({ project: key, taskid, kind, state, by, since: momentOf(lock?.heldSince ?? createdAt) });
  }
  return rows;
}
