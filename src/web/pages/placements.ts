import { ulid } from 'ulid';
import { z } from 'zod';
import { addHost } from '../../deploy/add-host.ts';
import { expand } from '../../deploy/expand.ts';
import { reduce } from '../../deploy/reduce.ts';
import type { Host } from '../../model/host.ts';
import type { Placement } from '../../model/placement.ts';
import type { Project } from '../../model/project.ts';
import { typeOf } from '../../project-types/index.ts';
import * as audit from '../../store/audit.ts';
import { hostJudge } from '../../store/host-allowed.ts';
import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import { writing } from '../../store/transaction.ts';
import { mayBegin } from '../deploy/may-begin.ts';
import { checkbox, lineOrNone } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { placementHere, placementPath } from '../setup/placement-of.ts';
import { placementRows } from '../setup/placement-rows.ts';
import { portsAt } from '../setup/port-refusal.ts';
import { projectObject } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';
import { rowId, whole } from '../setup/setup-fields.ts';
import { askerHere, type Places, started } from '../setup/started.ts';
import { shownVariables, variableNames } from '../setup/variables-form.ts';

export const routes = [
  get('/projects/:project/hosts', configuresProject, list),
  post('/projects/:project/hosts', configuresProject, add, refused('placement.add', list)),
  get('/projects/:project/hosts/:placement', configuresProject, show),
  post('/projects/:project/hosts/:placement', configuresProject, change, refused('placement.change', show)),
  post('/projects/:project/hosts/:placement/delete', configuresProject, remove, show),
];

const pass = lineOrNone(500).optional();
const changeForm = z.object({ processes: whole(1, 100) });
const addForm = changeForm.extend({
  hostId: rowId,
  deploy: checkbox,
  idempotencyKey: rowId.optional(),
  pass,
});
const removeForm = z.object({
  gone: checkbox,
  reason: lineOrNone(500).optional(),
  pass,
  idempotencyKey: rowId.optional(),
});

async function list(page: Page): Promise<void> {
  const project = await projectHere(page);
  const rows = await placementRows(page, project);
  const taken = new Set(rows.map(({ hostId }) => hostId));
  const why = await hostJudge(page.db, project, page.who.id);
  const free = (await hosts.all(page.db)).filter((host) => !taken.has(host.id) && why(host) === null);
  const fields = page.fields({ hostId: page.query('host'), processes: 1, deploy: false });
  await page.render('placements/list', {
    project,
    type: typeOf(project.type),
    placements: rows,
    begin: await mayBegin(page, project, ['add-host', 'expansion']),
    free: free.map((host) => ({ value: host.id, label: labelOf(page, host) })),
    idempotencyKey: ulid(),
    fields,
    problems: page.problems(fields),
  });
}

/** Makes the machine ready and places the project there; asked for, with the last good release on it. */
async function add(page: Page): Promise<void> {
  const project = await projectHere(page);
  const typed = page.form(addForm);
  const { hostId, processes, deploy } = typed;
  const host = await hosts.byId(page.db, hostId);
  if (!host) return page.refuse({ field: 'hostId', code: 'choice' });
  if (host.hostKey === null) return page.refuse({ field: 'hostId', code: 'host_not_pinned' });
  refuseMany(page, project, processes);
  const wish = { ...askerHere(page, typed), projectId: project.id, hostId, processes };
  const start = () => (deploy ? expand(page.db, { ...wish, address: host.address }) : addHost(page.db, wish));
  await started(page, start, places);
}

const places: Places = {
  ports_taken: { field: 'processes' },
  ports_range: { field: 'processes' },
  host_placed: { field: 'hostId', code: 'placed' },
  no_good_release: { field: 'deploy' },
  host_not_for_environment: { field: 'hostId' },
  host_not_for_group: { field: 'hostId' },
  host_of_other_group: { field: 'hostId' },
  host_of_production: { field: 'hostId' },
};

async function show(page: Page): Promise<void> {
  const { project, placement, host } = await placementHere(page);
  const fields = page.fields({ processes: placement.processes, gone: false, reason: '' });
  await page.render('placements/show', {
    project,
    type: typeOf(project.type),
    placement,
    host,
    path: placementPath({ project, placement }),
    begin: await mayBegin(page, project, ['remove-host']),
    idempotencyKey: ulid(),
    variables: shownVariables(placement.env, page.vault),
    fields,
    problems: page.problems(fields),
  });
}

async function change(page: Page): Promise<void> {
  const { project, placement, host } = await placementHere(page);
  const { processes } = page.form(changeForm);
  refuseMany(page, project, processes);
  await portsAt(page, 'processes', () =>
    writing(page.db, async (trx) => {
      const after = await placements.update(trx, placement.id, ({ env }) => ({ env, processes }));
      const entry = { action: 'placement.change', object: projectObject(project) };
      const states = { before: facts(host, placement), after: facts(host, after) };
      await audit.record(trx, page.audit({ ...entry, ...states }));
    }),
  );
  page.redirect(placementPath({ project, placement }), { key: 'common.saved' });
}

/** Takes the project off the machine, or, where that is gone, out of the inventory alone. */
async function remove(page: Page): Promise<void> {
  const { project, host } = await placementHere(page);
  const typed = page.form(removeForm);
  const wish = { ...askerHere(page, typed), projectId: project.id, host: host.id, gone: typed.gone };
  await started(page, () => reduce(page.db, wish));
}

function labelOf(page: Page, { name, hostKey }: Host): string {
  return hostKey === null ? `${name} (${page.t('hosts.not_pinned')})` : name;
}

function refuseMany(page: Page, project: Project, processes: number): void {
  if (processes > 1 && !typeOf(project.type).manyProcesses)
    page.refuse({ field: 'processes', code: 'one_process' });
}

function facts(host: Host, placement: Placement): Record<string, unknown> {
  return { host: host.name, processes: placement.processes, variables: variableNames(placement.env) };
}
