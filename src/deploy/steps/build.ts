import { join } from 'node:path';
import type { BuildEnd } from '../../builds/build.ts';
import { OutcomeUnknown } from '../../shells/guard/guard-error.ts';
import { StepFailed, StepUnknown } from '../failure.ts';
import { runAgain } from '../hook-here.ts';
import { begun, environmentHere, runHere } from '../run-here.ts';
import type { Step, StepContext } from '../step.ts';
import { checkOutAnew, haveCheckout, rootOf, workspaceOf } from '../workspace.ts';

/** Runs the project's command in a clean checkout. The build outlives its worker: a successor joins it. */
export const build: Step = {
  async run(context) {
    const { facts, snapshot, log } = context;
    if (facts.reused) return { state: 'skipped', evidence: { reason: 'reused' } };
    if (!(await begun(runDirOf(context)))) await prepare(context);
    if (snapshot.project.settings.build.command.trim() === '') {
      log.line('nothing to build');
      return { evidence: { built: false } };
    }
    await runCommand(context);
    return { evidence: { built: true } };
  },
};

/** What a lost build has left is thrown away, and what the hook before it had done is done anew. */
async function prepare(context: StepContext): Promise<void> {
  const hook = context.snapshot.project.settings.hooks?.['before-build'];
  if (context.row.attempt === 1) await haveCheckout(context, hook !== undefined);
  else {
    await checkOutAnew(context);
    if (hook) await runAgain(context, 'before-build', hook);
  }
}

async function runCommand(context: StepContext): Promise<void> {
  const { snapshot, log, signal } = context;
  const { command, timeoutSeconds, idleSeconds } = snapshot.project.settings.build;
  const workspace = workspaceOf(context);
  const env = { ...environmentHere(context), CEDAR_WORKSPACE: workspace };
  const runDir = runDirOf(context);
  const limits = { timeoutSeconds, idleSeconds, signal };
  const end = await runHere(context, { command, workspace, runDir, env, ...limits });
  if (end.ended !== 'exit' || end.code !== 0) throw failed(context, end, log.tail());
}

function failed({ snapshot }: StepContext, { ended, code }: BuildEnd, tail: string): Error {
  const { hooks, build } = snapshot.project.settings;
  const repeatable = build.repeatable && hooks?.['before-build']?.repeatable !== false;
  const more = { exitCode: code, tail };
  if (ended === 'lost')
    return repeatable ? new OutcomeUnknown('', null) : new StepUnknown('build_lost', {}, more);
  const seconds = ended === 'idle' ? build.idleSeconds : build.timeoutSeconds;
  return new StepFailed(`build_${ended}`, { code: code ?? '', seconds }, more);
}

function runDirOf(context: StepContext): string {
  return join(rootOf(context), `run-${context.row.attempt}`);
}
