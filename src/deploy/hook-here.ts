import { constants } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildEnd, endBuild } from '../builds/build.ts';
import type { Hook, HookPlace } from '../model/hooks.ts';
import { OutcomeUnknown } from '../shells/guard/guard-error.ts';
import { StepFailed, StepUnknown } from './failure.ts';
import { hookFailed } from './hook-failure.ts';
import { machineNow } from './machine.ts';
import { begun, environmentHere, runHere } from './run-here.ts';
import type { Outcome, StepContext } from './step.ts';
import { checkOutAnew, haveCheckout, rootOf } from './workspace.ts';

/**
 * Runs a hook on the deploy machine, at most once unless it is repeatable: a successor joins it, and where it cannot
 * tell what became of it, says so.
 * @throws StepFailed `hook_exit`, `hook_timeout` and their like; StepUnknown `hook_lost`; OutcomeUnknown where a
 *   repeatable one was lost
 */
export async function runHookHere(context: StepContext, place: HookPlace, hook: Hook): Promise<Outcome> {
  const { records, row } = context;
  const machine = await machineNow();
  const runDir = join(rootOf(context), `run-${place}-${row.attempt}`);
  if (!(await begun(runDir))) {
    refuseElsewhere(context, place, hook, machine);
    await workspaceFor(context, place, true);
    await records.began(row.id, { machine });
  }
  await follow(context, place, hook, { runDir });
  return { evidence: { machine } };
}

/** Runs a repeatable hook again inside another step, whose attempt names the run; one that was cut off is ended. */
export async function runAgain(context: StepContext, place: HookPlace, hook: Hook): Promise<void> {
  const runDir = join(rootOf(context), `run-${place}-for-${context.row.attempt}`);
  await endBuild(runDir);
  await rm(runDir, { recursive: true, force: true });
  await follow(context, place, hook, { runDir, part: true });
}

/** It was about to begin elsewhere, or before this machine was started anew: whether it did is not known here. */
function refuseElsewhere({ row }: StepContext, place: HookPlace, hook: Hook, machine: string): void {
  const { machine: there } = row.evidence;
  if (there === undefined || there === machine || hook.repeatable) return;
  throw new StepUnknown('hook_elsewhere', { hook: place, machine: String(there).split(' ')[0]! });
}

async function follow(
  context: StepContext,
  place: HookPlace,
  hook: Hook,
  run: { runDir: string; part?: boolean },
): Promise<void> {
  const { facts, operation, signal, log } = context;
  const workspace = await workspaceFor(context, place, false);
  const { command, timeoutSeconds } = hook;
  const end = await runHere(context, {
    ...{ ...run, command, workspace, timeoutSeconds, idleSeconds: timeoutSeconds },
    env: {
      ...environmentHere(context),
      CEDAR_WORKSPACE: workspace,
      CEDAR_RELEASE: facts.releaseId ?? operation.id,
      CEDAR_OPERATION: operation.id,
      CEDAR_KIND: operation.kind,
      CEDAR_HOOK: place,
    },
    // One around the switch is never ended in the middle by a cancel: it may be changing a database.
    signal: isOfBuild(place) ? signal : undefined,
  });
  judge(end, place, hook, log.tail());
}

function judge({ ended, code }: BuildEnd, place: HookPlace, hook: Hook, tail: string): void {
  if (ended === 'exit' && code === 0) return;
  if (ended === 'cancelled') throw new StepFailed('hook_cancelled', { hook: place }, { tail });
  if (ended !== 'lost') throw hookFailed(place, hook, ended === 'exit' ? code : null, { tail });
  if (hook.repeatable) throw new OutcomeUnknown('', null);
  throw new StepUnknown('hook_lost', { hook: place }, { tail });
}

function isOfBuild(place: HookPlace): boolean {
  return place === 'before-build' || place === 'after-build';
}

/** The folder in which a hook runs. @param fresh made for it now, where it has one of its own */
async function workspaceFor(context: StepContext, place: HookPlace, fresh: boolean): Promise<string> {
  if (place === 'before-build' && fresh && context.row.attempt > 1) return checkOutAnew(context);
  if (isOfBuild(place)) return haveCheckout(context, place === 'after-build');
  const copy = join(rootOf(context), place);
  if (fresh) await copyRelease(context, copy);
  return copy;
}

/** @throws StepFailed `hook_no_release` where this machine does not hold the release's tree */
async function copyRelease(
  { facts, records, shelf, tools, snapshot }: StepContext,
  to: string,
): Promise<void> {
  const release = await records.release(facts.releaseId!);
  if (!release || !(await shelf.isWhole(release)))
    throw new StepFailed('hook_no_release', { release: facts.releaseName ?? facts.releaseId! });
  await rm(to, { recursive: true, force: true });
  await cp(tools.releases.path(snapshot.project.key, release.id), to, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    mode: constants.COPYFILE_FICLONE,
  });
}
