import { z } from 'zod';
import type { Host } from '../../model/host.ts';
import type { Placement } from '../../model/placement.ts';
import type { Project } from '../../model/project.ts';
import { typeOf } from '../../project-types/index.ts';
import * as audit from '../../store/audit.ts';
import * as hosts from '../../store/hosts.ts';
import * as placements from '../../store/placements.ts';
import { writing } from '../../store/transaction.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { refuseBusy } from '../setup/busy.ts';
import { placementHere, placementPath } from '../setup/placement-of.ts';
import { placementRows } from '../setup/placement-rows.ts';
import { portsAt } from '../setup/port-refusal.ts';
import { projectObject } from '../setup/project-facts.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { refused } from '../setup/refusal.ts';
import { rowId, whole } from '../setup/setup-fields.ts';
import { shownVariables, variableNames } from '../setup/variables-form.ts';
import { askAdoption } from './adoption.ts';

export const routes = [
  get('/projects/:project/hosts', configuresProject, list),
  post('/projects/:project/hosts', configuresProject, add, refused('placement.add', list)),
  get('/projects/:project/hosts/:placement', configuresProject, show),
  post('/projects/:project/hosts/:placement', configuresProject, change, refused('placement.change', show)),
  post('/projects/:project/hosts/:placement/delete', configuresProject, remove),
];

const changeForm = z.object({ processes: whole(1, 100) });
const addForm = changeForm.extend({ hostId: rowId });

async function list(page: Page): Promise<void> {
  const project = await projectHere(page);
  const rows = await placementRows(page, project);
  const taken = new Set(rows.map(({ hostId }) => hostId));
  const free = (await hosts.all(page.db)).filter(({ id }) => !taken.has(id));
  const fields = page.fields({ hostId: page.query('host'), processes: 1 });
  await page.render('placements/list', {
    project,
    type: typeOf(project.type),
    placements: rows,
    free: free.map(({ id, name }) => ({ value: id, label: name })),
    fields,
    problems: page.problems(fields),
  });
}

async function add(page: Page): Promise<void> {
  const project = await projectHere(page);
  const { hostId, processes } = page.form(addForm);
  const host = await hosts.byId(page.db, hostId);
  if (!host) return page.refuse({ field: 'hostId', code: 'choice' });
  refuseMany(page, project, processes);
  const placement = await portsAt(page, 'processes', () =>
    writing(page.db, async (trx) => {
      const added = await placements.add(trx, { projectId: project.id, hostId, processes, env: [] });
      const entry = { action: 'placement.add', object: projectObject(project) };
      await audit.record(trx, page.audit({ ...entry, after: facts(host, added) }));
      return added;
    }),
  );
  const flash = { key: 'projects.placed', detail: { host: host.name } };
  if (host.hostKey === null) page.redirect(`/projects/${project.key}/hosts`, flash);
  else page.redirect(await askAdoption(page, { project, placement, host }), flash);
}

async function show(page: Page): Promise<void> {
  const { project, placement, host } = await placementHere(page);
  const fields = page.fields({ processes: placement.processes });
  await page.render('placements/show', {
    project,
    type: typeOf(project.type),
    placement,
    host,
    path: placementPath({ project, placement }),
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

/** Only forgets the placement: what runs on the machine is left as it is. */
async function remove(page: Page): Promise<void> {
  const { project, placement, host } = await placementHere(page);
  await writing(page.db, async (trx) => {
    await refuseBusy(trx, project.id);
    await placements.remove(trx, placement.id);
    const entry = { action: 'placement.remove', object: projectObject(project) };
    await audit.record(trx, page.audit({ ...entry, before: facts(host, placement) }));
  });
  page.redirect(`/projects/${project.key}/hosts`, { key: 'projects.displaced', detail: { host: host.name } });
}

function refuseMany(page: Page, project: Project, processes: number): void {
  if (processes > 1 && !typeOf(project.type).manyProcesses)
    page.refuse({ field: 'processes', code: 'one_process' });
}

function facts(host: Host, placement: Placement): Record<string, unknown> {
  return { host: host.name, processes: placement.processes, variables: variableNames(placement.env) };
}
