import { ulid } from 'ulid';
import { z } from 'zod';
import { askedBefore } from '../../deploy/asker.ts';
import type { HostComparison } from '../../model/comparison.ts';
import { decisionHash } from '../../model/decision.ts';
import { type DriftKind, driftKinds } from '../../model/drift.ts';
import { releasesByIds } from '../../store/running.ts';
import { snapshotOf } from '../../store/snapshot.ts';
import { lookedAt } from '../deploy/look.ts';
import { mayBegin } from '../deploy/may-begin.ts';
import { planView } from '../deploy/plan-view.ts';
import { reviewHosts } from '../deploy/review-hosts.ts';
import { guardOf, remedies } from '../drift/remedy.ts';
import { putRight, toRight } from '../drift/right.ts';
import { driftWords, releasesIn } from '../drift/words.ts';
import { lineOrNone } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';
import { ask } from '../setup/question-page.ts';
import { rowId } from '../setup/setup-fields.ts';
import { askerHere, started } from '../setup/started.ts';

export const routes = driftKinds.flatMap((what) => {
  const guard = guardOf(what);
  const shown = (page: Page) => show(page, what);
  return [
    get(`/drift/:placement/${what}`, guard, shown),
    post(`/drift/:placement/${what}`, guard, (page) => start(page, what), shown),
    post(`/drift/:placement/${what}/look`, guard, (page) => look(page, what)),
  ];
});

const form = z.object({
  reason: lineOrNone(500).optional(),
  pass: lineOrNone(500).optional(),
  idempotencyKey: rowId.optional(),
  decided: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'wrong')
    .optional(),
});

/** Has the host looked at, and shows what would be done there. */
async function look(page: Page, what: DriftKind): Promise<void> {
  const { project, hostId, release } = await toRight(page, what);
  const args = {
    ...{ projectId: project.id, hostIds: [hostId], kind: remedies[what] },
    ...{ releaseId: release?.id ?? null, gitUrl: project.gitUrl },
  };
  const question = await ask(page, 'comparison', args);
  page.redirect(`/drift/${page.param('placement')}/${what}?look=${question}`);
}

/** What is wrong, and what would be done: nothing is started before. */
async function show(page: Page, what: DriftKind): Promise<void> {
  const { project, hostId, found, release } = await toRight(page, what);
  const kind = remedies[what];
  const names = await releasesByIds(page.db, releasesIn(found ? [found] : []));
  const words = found && driftWords(page.t, found, names);
  const snapshot = await snapshotOf(page.db, project.id, [hostId]);
  const looked = await lookedAt<{ hosts: HostComparison[] }>(page, project, 'comparison', page.query('look'));
  const [host] = await reviewHosts(page, project, snapshot, looked?.answer?.hosts ?? []);
  const choice = { kind, commit: null, releaseId: release?.id ?? null };
  const fields = page.fields({ reason: (words ?? '').slice(0, 500), pass: '' });
  await page.render(page.req.get('HX-Request') ? 'drift/part' : 'drift/right', {
    ...{ what, kind, project, found, words, release, host, fields, problems: page.problems(fields) },
    ...{ hostName: snapshot.hosts[0]?.name ?? '', placementId: page.param('placement') },
    ...{ waiting: looked?.waiting ?? false, failure: looked?.failure ?? null },
    isGone: what === 'release' && release === null,
    plan: planView(page.t, kind, snapshot),
    begin: await mayBegin(page, project, [kind]),
    decided: decisionHash(choice, snapshot),
    idempotencyKey: ulid(),
  });
}

async function start(page: Page, what: DriftKind): Promise<void> {
  const typed = page.form(form);
  const to = await toRight(page, what);
  const { id } = to.project;
  await started(page, async () => {
    const earlier = await askedBefore(page.db, askerHere(page, typed), ({ projectId }) => projectId === id);
    return earlier ?? putRight(page, to, typed);
  });
}
