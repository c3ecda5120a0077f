import type { HostSnapshot, OperationHostState, OperationKind } from '../model/operation.ts';
import type { StepRow } from '../model/step.ts';
import { markHost } from '../store/journal.ts';
import * as steps from '../store/steps.ts';
import { OperationStopped } from './operation-stopped.ts';
import { knowPast, pastOfHosts } from './past.ts';
import type { Run } from './run.ts';
import { runStep } from './step-run.ts';
import { undoSteps } from './undo-steps.ts';

/** Kinds that bring another release. */
const goesBack = new Set<OperationKind>(['deploy', 'promote', 'rollback']);

/** Nothing went wrong on a host: what was reached stays. */
const leftAsItIs = new Set(['cancelled', 'permission_revoked']);

/**
 * After a failure: where the strategy says so, brings every touched host back to what it ran before, the last one
 * first. Its steps are journaled like all others, so a successor goes on with them.
 * @returns what the operation ends with, with what became of the hosts in its notes
 */
export async function undo(
  run: Run,
  stop: OperationStopped,
  draining: AbortSignal,
): Promise<OperationStopped | 'handed-over'> {
  if (!run.facts.undo && !(await shallGoBack(run, stop))) return stop;
  if (!run.facts.undo) await decide(run);
  await knowPast(run);
  const failures: OperationStopped[] = [];
  for (const host of run.operation.snapshot.hosts.toReversed()) {
    const decided = run.facts.undo?.hosts[host.hostId];
    if (!decided || decided.leftAlone) continue;
    if (draining.aborted) return 'handed-over';
    const failure = await goBack(run, host);
    if (failure) failures.push(failure);
  }
  return told(run, stop, failures);
}

async function shallGoBack(run: Run, stop: OperationStopped): Promise<boolean> {
  const { kind, snapshot } = run.operation;
  if (snapshot.project.settings.strategy.onFailure !== 'roll-back' || !goesBack.has(kind)) return false;
  if (leftAsItIs.has(stop.failure.code)) return false;
  const rows = await run.journal();
  const failed = rows.find((row) => row.stepKey === stop.failure.stepKey);
  return failed?.phase !== 'finish' && touched(run, rows).length > 0;
}

function touched(run: Run, rows: StepRow[]): HostSnapshot[] {
  return run.operation.snapshot.hosts.filter((host) =>
    rows.some((row) => row.phase === 'activate' && row.hostId === host.hostId && row.state !== 'pending'),
  );
}

/** Journals what is undone and where: once and for all, whoever does it. */
async function decide(run: Run): Promise<void> {
  const rows = await run.journal();
  const hosts = touched(run, rows).toReversed();
  const past = await pastOfHosts(run, hosts);
  const decided = hosts.map((host) => {
    const before = past.get(host.hostId);
    const facts = run.hostFacts.get(host.hostId)!;
    return { hostId: host.hostId, past: before?.operationId ?? null, leftAlone: facts.current === null };
  });
  const plan = hosts.flatMap((host) => {
    const facts = run.hostFacts.get(host.hostId)!;
    if (facts.current === null) return [];
    const before = past.get(host.hostId);
    const { snapshot } = run.operation;
    return undoSteps({
      host: before?.host ?? host,
      snapshot: before ? { ...snapshot, project: before.project } : snapshot,
      facts,
      rows: rows.filter((row) => row.phase === 'activate' && row.hostId === host.hostId),
      past: before !== undefined,
    });
  });
  const facts = { undo: { hosts: Object.fromEntries(decided.map(({ hostId, ...one }) => [hostId, one])) } };
  await run.write(async (trx) => {
    await steps.append(trx, run.operation.id, plan);
    await run.keep(trx, { ...rows[0]!, hostId: null }, { facts });
  });
}

async function goBack(run: Run, host: HostSnapshot): Promise<OperationStopped | null> {
  const mark = (state: OperationHostState) =>
    run.write((trx) => markHost(trx, run.operation.id, host.hostId, { state }));
  const rows = (await run.journal()).filter((row) => row.phase === 'undo' && row.hostId === host.hostId);
  try {
    if (rows.some((row) => row.state === 'pending' || row.state === 'intent')) await mark('active');
    for (const row of rows) await runStep(run, row, run.lost);
  } catch (error) {
    if (!(error instanceof OperationStopped)) throw error;
    await mark('unknown');
    return error;
  }
  await mark('rolled-back');
  return null;
}

/** The failure that began it all, with what became of every touched host. */
function told(run: Run, stop: OperationStopped, failures: OperationStopped[]): OperationStopped {
  const { hosts } = run.operation.snapshot;
  const failed = new Map(failures.map(({ failure }) => [failure.hostId, failure.code]));
  const decided = hosts.filter((host) => run.facts.undo?.hosts[host.hostId]);
  const left = decided.filter((host) => run.facts.undo!.hosts[host.hostId]!.leftAlone);
  const back = decided.filter((host) => !left.includes(host) && !failed.has(host.hostId)).toReversed();
  const note = (code: string, names: string[]) =>
    names.length > 0 ? [{ code, detail: { hosts: names.join(', ') } }] : [];
  const notes = [
    ...(stop.failure.notes ?? []),
    ...note(
      'rolled_back',
      back.map(({ name }) => name),
    ),
    ...note(
      'left_alone',
      left.map(({ name }) => name),
    ),
    ...note(
      'not_rolled_back',
      hosts
        .filter((host) => failed.has(host.hostId))
        .map((host) => `${host.name} (${failed.get(host.hostId)})`),
    ),
  ];
  const unknown =
    failures.length > 0 || (stop.unknown && left.some((one) => one.hostId === stop.failure.hostId));
  return new OperationStopped({ ...stop.failure, notes }, unknown);
}
