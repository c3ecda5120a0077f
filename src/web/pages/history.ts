import { duration } from '../../../public/js/duration.js';
import { operationKinds, operationStates } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import * as environments from '../../store/environments.ts';
import * as groups from '../../store/groups.ts';
import { history } from '../../store/history.ts';
import * as operationHosts from '../../store/operation-hosts.ts';
import { projectNames } from '../../store/project-names.ts';
import * as projects from '../../store/projects.ts';
import { type Filter, filterOf, storeFilter } from '../operation/history-filter.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { projectOf, seesProject } from '../subjects.ts';

export const routes = [
  get('/history', 'signed-in', everything),
  get('/projects/:project/history', seesProject, ofProject),
];

const PAGE = 50;

async function everything(page: Page): Promise<void> {
  const filter = filterOf(page);
  const project = filter.project ? await seen(page, filter.project) : null;
  await show(page, filter, project, '/history');
}

async function ofProject(page: Page): Promise<void> {
  const project = (await projectOf(page)) ?? page.notFound();
  await show(page, { ...filterOf(page), project: project.key }, project, `/projects/${project.key}/history`);
}

async function show(page: Page, filter: Filter, project: Project | null, path: string): Promise<void> {
  const nothing = filter.project !== '' && project === null;
  const wanted = { ...storeFilter(filter, page.groupIds), projectId: project?.id, limit: PAGE + 1 };
  const found = nothing ? [] : await history(page.db, wanted);
  const shown = found.slice(0, PAGE);
  const hosts = await operationHosts.ofOperations(
    page.db,
    shown.map((one) => one.id),
  );
  await page.render('history/list', {
    title:
      path === '/history'
        ? page.t('operations.title')
        : page.t('operations.of_project', { project: project?.key }),
    path,
    filter,
    fixed: path !== '/history',
    rows: shown.map((one) => ({
      ...one,
      took: one.startedAt !== null && one.finishedAt !== null ? duration(one.finishedAt - one.startedAt) : '',
      hosts: (hosts.get(one.id) ?? []).map((host) => host.hostName).join(', '),
    })),
    older: found.length > PAGE ? addressOf(path, { ...filter, before: shown.at(-1)?.id ?? '' }) : null,
    newest: filter.before ? addressOf(path, { ...filter, before: '' }) : null,
    choices: await choices(page),
  });
}

/** What the filters offer: only what the person may see. */
async function choices(page: Page) {
  const some = page.groupIds;
  const known = await projectNames(page.db, some);
  return {
    projects: known.map((project) => project.key),
    groups: await groups.all(page.db, some),
    environments: (await environments.all(page.db)).map((environment) => environment.name),
    kinds: operationKinds,
    states: operationStates,
  };
}

/** A filter's project, if the person may see it. */
async function seen(page: Page, key: string): Promise<Project | null> {
  const project = await projects.byKey(page.db, key);
  const visible = project && (page.groupIds === undefined || page.groupIds.includes(project.groupId));
  return visible ? project : null;
}

function addressOf(path: string, filter: Filter): string {
  const given = Object.entries(filter).filter(
    ([name, value]) => value !== '' && !(path !== '/history' && name === 'project'),
  );
  const query = new URLSearchParams(given).toString();
  return query ? `${path}?${query}` : path;
}
