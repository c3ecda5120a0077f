import { ulid } from 'ulid';
import { isProcessKind, type ProcessKind, processKinds, withProcess } from '../../deploy/one-process.ts';
import { believedMs } from '../../model/belief.ts';
import { decisionHash } from '../../model/decision.ts';
import type { Snapshot } from '../../model/operation.ts';
import type { LiveState } from '../../model/process.ts';
import { snapshotOf } from '../../store/snapshot.ts';
import { placementStates } from '../../store/states.ts';
import { mayBegin } from '../deploy/may-begin.ts';
import { planView } from '../deploy/plan-view.ts';
import type { Page } from '../page.ts';
import { seenWords } from '../seen-words.ts';
import { type Placed, placementHere } from '../setup/placement-of.ts';
import { subjectOf } from '../subjects.ts';
import { shownLog } from './log.ts';
import { namedOn } from './named.ts';

export type Here = Placed & { snapshot: Snapshot; names: string[]; steerable: boolean; path: string };

/** The placement of the path with the processes that it has there. @throws CedarError 404, `host_not_pinned` (409) */
export async function processesHere(page: Page): Promise<Here> {
  const placed = await placementHere(page);
  const { project, placement } = placed;
  const snapshot = await snapshotOf(page.db, project.id, [placement.hostId]);
  const path = `/projects/${project.key}/processes/${placement.id}`;
  return { ...placed, snapshot, path, ...namedOn(snapshot.project, snapshot.hosts[0]!) };
}

/** Everything that the page of one process shows. `wanted`: which, and what shall be done to it. */
export async function processModel(page: Page, here: Here, wanted: { name: string | null; kind: string }) {
  const { project, placement, names, steerable, snapshot } = here;
  const known = wanted.name === null ? names[0] : names.find((name) => name === wanted.name);
  const name = known ?? (page.again ? names[0] : undefined);
  const seen = await placementStates(page.db, [placement.id], believedMs(page.settings.sweepSeconds));
  const live = seen.get(placement.id)?.processes.find((one) => one.name === name) ?? null;
  const kind = kindOf(wanted.kind, live?.state ?? 'unknown');
  const mayDeploy = page.may('project.deploy', await subjectOf(page, project));
  const fields = page.fields({ reason: '', pass: '' });
  const log =
    name === undefined
      ? null
      : await shownLog(page, placement.id, names.indexOf(name), page.again ? null : page.query('log'));
  return {
    ...{ ...here, name: name ?? null, kind, kinds: processKinds, mayDeploy, fields, log },
    live: live && { ...live, words: seenWords(page.t, live.message) },
    problems: page.problems(fields),
    ...(name !== undefined && steerable ? await planned(page, here, { kind, name }) : { plan: null }),
    begin: await mayBegin(page, project, [kind]),
    idempotencyKey: ulid(),
    snapshot,
  };
}

function kindOf(wanted: string, state: LiveState): ProcessKind {
  const kind = wanted as ProcessKind;
  if (isProcessKind(kind)) return kind;
  return state === 'stopped' || state === 'failed' ? 'start-process' : 'restart-process';
}

async function planned(page: Page, { snapshot }: Here, { kind, name }: { kind: ProcessKind; name: string }) {
  const meant = withProcess(snapshot, { kind, process: name });
  const decided = decisionHash({ kind, commit: null, releaseId: null }, meant);
  return { plan: planView(page.t, kind, meant), decided };
}
