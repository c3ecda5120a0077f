import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildVariables, cleanBuildEnv, runBuild } from '../../builds/build.ts';
import { RunFolder } from '../../builds/run-folder.ts';
import { OutcomeUnknown } from '../../shells/guard/guard-error.ts';
import { StepFailed, StepUnknown } from '../failure.ts';
import type { Step, StepContext } from '../step.ts';

/** Runs the project's command in a clean checkout. The build outlives its worker: a successor joins it. */
export const build: Step = {
  async run(context) {
    const { facts, snapshot, log, row, tools } = context;
    if (facts.reused) return { state: 'skipped', evidence: { reason: 'reused' } };
    const { command } = snapshot.project.settings.build;
    const { workspace, runDir } = foldersOf(context);
    if (!(await begun(runDir))) {
      await rm(workspace, { recursive: true, force: true });
      await tools.mirrors.checkout(snapshot.project.gitUrl, facts.commit!, workspace);
    }
    if (command.trim() === '') {
      log.line('nothing to build');
      return { evidence: { built: false } };
    }
    const fromOffset = await context.records.sourceOffset(row.id);
    if (fromOffset === 0) log.line(`$ ${command}`);
    await runCommand(context, workspace, runDir, fromOffset);
    return { evidence: { built: true } };
  },
};

/** A checkout in which the build has begun is left as it is. */
async function begun(runDir: string): Promise<boolean> {
  const run = new RunFolder(runDir);
  return (await run.end()) !== null || (await run.warden()) !== null;
}

async function runCommand(
  context: StepContext,
  workspace: string,
  runDir: string,
  fromOffset: number,
): Promise<void> {
  const { snapshot, log, signal, lost } = context;
  const { command, timeoutSeconds, idleSeconds, repeatable } = snapshot.project.settings.build;
  const ended = await runBuild({
    runDir,
    workspace,
    command,
    env: environment(context, workspace),
    timeoutSeconds,
    idleSeconds,
    fromOffset,
    signal,
    leave: lost,
    onOutput: async (chunk, nextOffset) => {
      log.output(chunk, nextOffset);
      await log.room();
    },
  });
  if (ended.ended === 'exit' && ended.code === 0) return;
  const more = { exitCode: ended.code, tail: log.tail() };
  if (ended.ended === 'lost')
    throw repeatable ? new OutcomeUnknown('', null) : new StepUnknown('build_lost', {}, more);
  const detail = { code: ended.code ?? '', seconds: ended.ended === 'idle' ? idleSeconds : timeoutSeconds };
  throw new StepFailed(`build_${ended.ended}`, detail, more);
}

function environment({ tools, snapshot, facts }: StepContext, workspace: string): Record<string, string> {
  const { project } = snapshot;
  const own = Object.fromEntries(project.env.map(({ name, value }) => [name, tools.vault.open(value)]));
  const home = join(tools.config.dataDir, 'build-home');
  return {
    ...cleanBuildEnv(home, buildVariables(tools.config.buildEnv), tools.config.buildPath),
    ...own,
    CEDAR_PROJECT: project.key,
    CEDAR_ENVIRONMENT: project.environment,
    CEDAR_COMMIT: facts.commit ?? '',
    CEDAR_WORKSPACE: workspace,
  };
}

/** Where an operation's checkout and build record are. */
export function foldersOf({ tools, operation, snapshot, row }: StepContext): {
  root: string;
  workspace: string;
  runDir: string;
} {
  const root = join(tools.config.dataDir, 'builds', snapshot.project.key, operation.id);
  return { root, workspace: join(root, 'workspace'), runDir: join(root, `run-${row.attempt}`) };
}
