import { believedMs } from '../../model/belief.ts';
import type { Operation } from '../../model/operation.ts';
import { unmended } from '../../store/attention.ts';
import * as counts from '../../store/counts.ts';
import { failing } from '../../store/failing.ts';
import { history } from '../../store/history.ts';
import { undeliveredOf } from '../../store/notices.ts';
import * as operations from '../../store/operations.ts';
import { scheduleRows } from '../deploy/schedule-rows.ts';
import { leftOutView } from '../left-out-view.ts';
import { lockRows } from '../locks/view.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { seenWords } from '../seen-words.ts';
import { ticketsOf } from '../tickets/mine.ts';
import { homeWindows } from '../windows/home-windows.ts';

export const routes = [get('/', 'signed-in', show), get('/home/now', 'signed-in', now)];

const DAY = 86_400_000;

async function show(page: Page): Promise<void> {
  const steps = await nextSteps(page);
  await page.render('home', {
    ...(await work(page)),
    steps,
    left: steps.filter((step) => !step.done).length,
    tickets: await ticketsOf(page),
    outside: page.groupIds?.length === 0,
    undelivered: page.may('admin') ? await undeliveredOf(page.db, DAY) : 0,
  });
}

/** What moves, alone: the page fetches it again every few seconds. */
async function now(page: Page): Promise<void> {
  await page.render('home/now', await work(page));
}

async function work(page: Page) {
  const live = await operations.live(page.db, page.groupIds);
  const broken = await unmended(page.db, page.groupIds);
  const ill = await failing(page.db, believedMs(page.settings.sweepSeconds), page.groupIds);
  const left = await leftOutView(page, { groupIds: page.groupIds });
  return {
    leftOut: left,
    ...(await homeWindows(page)),
    handLocks: await lockRows(page),
    live: live.map((operation) => row(page, operation)),
    broken: broken.map((operation) => row(page, operation)),
    schedules: await scheduleRows(page, page.groupIds ? { groupIds: page.groupIds } : {}),
    failing: ill.map((one) => ({ ...one, words: seenWords(page.t, one.message) })),
    dot:
      live.length > 0 ? 'running' : broken.length > 0 || ill.length > 0 || left.length > 0 ? 'failed' : null,
  };
}

function row(page: Page, operation: Operation) {
  return {
    id: operation.id,
    projectId: operation.projectId,
    project: operation.projectKey,
    kind: page.t(`kind.${operation.kind}`),
    state: operation.state,
    stateText: page.t(`home.state.${operation.state}`),
    ref: operation.ref ?? '',
    by: operation.requestedName,
    at: operation.finishedAt ?? operation.startedAt ?? operation.createdAt,
  };
}

/** What a new installation still needs, in order; for people who can do it. */
async function nextSteps(page: Page) {
  const done = await counts.setUp(page.db);
  const deploys = await history(page.db, { limit: 1, kind: 'deploy' });
  const steps = [
    { key: 'group', href: '/groups', done: done.groups > 0, mayDo: page.may('admin') },
    { key: 'environment', href: '/environments/new', done: done.environments > 0, mayDo: page.may('admin') },
    { key: 'project', href: '/projects/new', done: done.projects > 0, mayDo: page.may('project.create') },
    { key: 'host', href: '/hosts/new', done: done.hosts > 0, mayDo: page.may('admin') },
    { key: 'placement', href: '/projects', done: done.placements > 0, mayDo: page.may('project.create') },
    { key: 'deploy', href: '/deploy', done: deploys.length > 0, mayDo: page.groupIds?.length !== 0 },
  ];
  return steps.filter((step) => step.mayDo);
}
