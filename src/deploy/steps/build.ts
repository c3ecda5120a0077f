import { join } from 'node:path';
import type { BuildEnd } from '../../builds/build.ts';
import type { ProjectSnapshot } from '../../model/operation.ts';
import { openOptions } from '../../model/option.ts';
import { typeOf } from '../../project-types/index.ts';
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
    if (commandOf(snapshot.project).trim() === '') {
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

/** A type may know itself how it is built; the project's own command is a part of that then. */
function commandOf({ type, settings }: ProjectSnapshot): string {
  return typeOf(type).build ?? settings.build.command;
}

async function runCommand(context: StepContext): Promise<void> {
  const { snapshot, log, signal } = context;
  const { project } = snapshot;
  const { timeoutSeconds, idleSeconds } = project.settings.build;
  const workspace = workspaceOf(context);
  const env = { ...environmentHere(context), CEDAR_WORKSPACE: workspace, ...typeEnvironment(project) };
  const runDir = runDirOf(context);
  const limits = { timeoutSeconds, idleSeconds, signal };
  const shown = typeOf(project.type).build && `build of ${project.type}: ${project.settings.build.command}`;
  const end = await runHere(context, {
    command: commandOf(project),
    shown,
    workspace,
    runDir,
    env,
    ...limits,
  });
  if (end.ended !== 'exit' || end.code !== 0) throw failed(context, end, log.tail());
}

/** What a type's own way of building is told. */
function typeEnvironment({ key, environment, type, settings }: ProjectSnapshot): Record<string, string> {
  const { build, options } = typeOf(type);
  if (build === undefined) return {};
  const building = options.filter((option) => option.builds);
  const values = Object.entries(openOptions(building, settings.options));
  return {
    CEDAR_NAME: key.slice(environment.length + 1),
    CEDAR_MAKE: settings.build.command,
    ...Object.fromEntries(values.map(([name, value]) => [`CEDAR_OPTION_${name.toUpperCase()}`, value])),
  };
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
