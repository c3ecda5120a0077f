import { ulid } from 'ulid';
import { z } from 'zod';
import { hasConfiguration, pushConfiguration } from '../../deploy/push-configuration.ts';
import { hasText } from '../../i18n/index.ts';
import type { HostComparison } from '../../model/comparison.ts';
import { isSupervised, typeOf } from '../../project-types/index.ts';
import { mayBegin } from '../deploy/may-begin.ts';
import { checkbox, lineOrNone, many } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { placementRows } from '../setup/placement-rows.ts';
import { configuresProject, projectHere } from '../setup/project-of.ts';
import { ask, questionOf, renderQuestion } from '../setup/question-page.ts';
import { rowId } from '../setup/setup-fields.ts';
import { askerHere, started } from '../setup/started.ts';

export const routes = [
  get('/projects/:project/push', configuresProject, show),
  post('/projects/:project/push', configuresProject, push, show),
  post('/projects/:project/push/compare', configuresProject, compare),
  get('/projects/:project/push/:question', configuresProject, compared),
];

const form = z.object({
  hosts: many(rowId),
  restart: checkbox,
  reason: lineOrNone(500).optional(),
  pass: lineOrNone(500).optional(),
  idempotencyKey: rowId.optional(),
});

async function show(page: Page): Promise<void> {
  await page.render('projects/push', { ...(await model(page, null)), questionId: null });
}

/** Has every host's program file held against the one that belongs there. */
async function compare(page: Page): Promise<void> {
  const project = await projectHere(page);
  const hostIds = (await placementRows(page, project))
    .filter(({ pinned }) => pinned)
    .map(({ hostId }) => hostId);
  if (hostIds.length === 0 || !isSupervised(typeOf(project.type))) return page.notFound();
  const args = { projectId: project.id, hostIds, kind: 'push-configuration' };
  page.redirect(`/projects/${project.key}/push/${await ask(page, 'comparison', args)}`);
}

async function compared(page: Page): Promise<void> {
  const project = await projectHere(page);
  const fits = (args: Record<string, unknown>) =>
    args.projectId === project.id && args.kind === 'push-configuration';
  const question = await questionOf(page, 'comparison', fits);
  const answer = question.state === 'answered' ? (question.answer as { hosts: HostComparison[] }) : null;
  const parts = await model(page, answer?.hosts ?? null);
  await renderQuestion(page, 'projects/push', question, () => parts);
}

/** Writes the configuration to the chosen hosts. */
async function push(page: Page): Promise<void> {
  const project = await projectHere(page);
  const typed = page.form(form);
  if (typed.hosts.length === 0) page.refuse({ field: 'hosts', code: 'hosts_needed' });
  const { hosts: hostIds, restart } = typed;
  await started(page, () =>
    pushConfiguration(page.db, { ...askerHere(page, typed), project, hostIds, restart }),
  );
}

/** Without a comparison every host is chosen, with one those whose file would change. */
async function model(page: Page, found: HostComparison[] | null): Promise<Record<string, unknown>> {
  const project = await projectHere(page);
  const rows = (await placementRows(page, project)).filter(({ pinned }) => pinned);
  const chosen = rows.filter(({ hostId }) => isWorthIt(found?.find((one) => one.hostId === hostId)));
  const fields = page.fields({ hosts: chosen.map(({ hostId }) => hostId), restart: false, reason: '' });
  return {
    project,
    ...{ fields, problems: page.problems(fields), idempotencyKey: ulid() },
    has: hasConfiguration(project),
    begin: await mayBegin(page, project, ['push-configuration']),
    comparable: isSupervised(typeOf(project.type)),
    hosts: rows.map((row) => ({
      ...{ id: row.hostId, name: row.host, checked: fields.hosts.values.includes(row.hostId) },
      ...told(
        page,
        found?.find((one) => one.hostId === row.hostId),
      ),
    })),
  };
}

function isWorthIt(one: HostComparison | undefined): boolean {
  return one === undefined || (one.problem === null && one.configuration !== 'same' && one.current !== null);
}

/** What was found on a host, in words. */
function told(page: Page, one: HostComparison | undefined) {
  if (!one) return { state: '', mood: '', problem: '', diff: '' };
  const { problem, configuration, configurationDiff: diff, current } = one;
  if (problem)
    return { state: page.t('push.unreachable'), mood: 'bad', problem: words(page, problem), diff: '' };
  if (current === null) return { state: page.t('push.nothing_there'), mood: 'warn', problem: '', diff: '' };
  const mood = configuration === 'same' ? 'good' : 'warn';
  return {
    state: page.t(`push.${configuration === 'none' ? 'none_needed' : configuration}`),
    mood,
    problem: '',
    diff,
  };
}

function words(page: Page, { code, detail }: NonNullable<HostComparison['problem']>): string {
  const key = [`failure.${code}`, `error.${code}`].find(hasText);
  return key ? page.t(key, detail) : code;
}
