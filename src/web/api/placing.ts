import { addHost } from '../../deploy/add-host.ts';
import { expand } from '../../deploy/expand.ts';
import { reduce } from '../../deploy/reduce.ts';
import { CedarError } from '../../errors.ts';
import type { Placement } from '../../model/placement.ts';
import type { Project } from '../../model/project.ts';
import { typeOf } from '../../project-types/index.ts';
import * as audit from '../../store/audit.ts';
import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import { writing } from '../../store/transaction.ts';
import { hostRows } from '../deploy/hosts.ts';
import { portsAt } from '../setup/port-refusal.ts';
import { projectObject } from '../setup/project-facts.ts';
import type { Call } from './call.ts';
import { accepted, launched } from './deeds.ts';
import { endpoint, ok } from './endpoint.ts';
import { operationSchema } from './schemas/operation.ts';
import { passField } from './schemas/pass.ts';
import { placementAnswer, placementSchema } from './schemas/placement.ts';
import { z } from './schemas/z.ts';
import { configuresProject, projectHere } from './subjects.ts';

const tag = 'Projects';
const all = '/api/v1/projects/:project/placements';
const processes = z.int().min(1).max(100);
const configuring = { tag, scopes: ['config'], guard: configuresProject } as const;
const queued = { 202: { about: 'The operation, queued', schema: operationSchema } };

const fresh = z.object({
  host: z
    .string()
    .min(1)
    .max(253)
    .describe('Id, name or address of a host of the inventory, its key accepted'),
  processes: processes.optional().describe('1 where left out'),
  deploy: z.boolean().optional().describe('With the last good release; else the machine is only made ready'),
  pass: passField,
});

export const endpoints = [
  endpoint({
    ...{ ...configuring, method: 'POST', path: all, body: fresh, named: true },
    summary: 'Place a project on a host',
    answers: queued,
    handle: async (call, { body }) => {
      const project = await projectHere(call);
      const host = await inventoryHost(call, body.host);
      const wish = {
        projectId: project.id,
        processes: body.processes,
        pass: body.pass,
        by: call.by,
        ...call.origin,
      };
      const id = await launched(call, body, (db) =>
        body.deploy
          ? expand(db, { ...wish, address: host.address })
          : addHost(db, { ...wish, hostId: host.id }),
      );
      return accepted(call, id);
    },
  }),
  endpoint({
    ...{ ...configuring, method: 'PATCH', path: `${all}/:placement`, body: z.object({ processes }) },
    summary: 'Change how many processes run on a host',
    about: 'It takes effect with the next deploy or pushed configuration.',
    answers: { 200: { about: 'The placement as it is now', schema: placementSchema } },
    handle: async (call, { body }) => {
      const { project, placement } = await placementHere(call);
      if (body.processes > 1 && !typeOf(project.type).manyProcesses)
        call.refuse({ field: 'processes', code: 'one_process' });
      await change(call, project, placement, body.processes);
      const row = (await hostRows(call, project)).find((one) => one.placement.id === placement.id);
      return ok(placementAnswer(project, row ?? call.notFound()));
    },
  }),
  endpoint({
    ...{ ...configuring, method: 'DELETE', path: `${all}/:placement`, named: true },
    summary: 'Take a project off a host',
    about: 'As POST /reduced: the floor of the project counts.',
    query: z.object({ gone: z.enum(['true', 'false']).optional(), pass: passField }),
    answers: queued,
    handle: async (call, { query }) => {
      const { project, placement } = await placementHere(call);
      const wish = {
        projectId: project.id,
        host: placement.hostId,
        gone: query.gone === 'true',
        pass: query.pass,
      };
      const id = await launched(call, query, (db) => reduce(db, { ...wish, by: call.by, ...call.origin }));
      return accepted(call, id);
    },
  }),
];

async function placementHere(call: Call): Promise<{ project: Project; placement: Placement }> {
  const project = await projectHere(call);
  const placement = await placements.byId(call.db, call.param('placement'));
  return placement?.projectId === project.id ? { project, placement } : call.notFound();
}

/** Whether it may be placed there is judged with the launch, as on its page. */
async function inventoryHost(call: Call, name: string) {
  const known = await hosts.all(call.db);
  const host = known.find(({ id, name: own, address }) => [id, own, address].includes(name));
  if (!host) return call.refuse({ field: 'host', code: 'choice' });
  if (host.hostKey === null) throw new CedarError('host_not_pinned', { host: host.name }, 409);
  return host;
}

async function change(call: Call, project: Project, placement: Placement, count: number): Promise<void> {
  await portsAt(call, 'processes', () =>
    writing(call.db, async (trx) => {
      const after = await placements.update(trx, placement.id, ({ env }) => ({ env, processes: count }));
      const entry = { action: 'placement.change', object: projectObject(project) };
      const [was, is] = [placement, after].map((one) => ({ host: one.hostId, processes: one.processes }));
      await audit.record(trx, call.audit({ ...entry, before: was, after: is }));
    }),
  );
}
