import { type BuildEnd, buildVariables, cleanBuildEnv, runBuild } from '../builds/build.ts';
import type { Confinement } from '../builds/isolation/confinement.ts';
import { RunFolder } from '../builds/run-folder.ts';
import type { StepContext } from './step.ts';

/** A command of the project's author that runs on the deploy machine. */
export type CommandHere = {
  command: string;
  /** What the log calls it, where that is not the command itself. */
  shown?: string;
  /** The folder in which it runs. */
  workspace: string;
  /** One per run: the same one never runs twice. */
  runDir: string;
  env: Record<string, string>;
  timeoutSeconds: number;
  idleSeconds: number;
  /** Ends it. */
  signal?: AbortSignal;
  /** It is a part of a step that runs another command after it: how far its output was read is not kept. */
  part?: boolean;
};

/**
 * Runs a command apart from the worker, its output in the step's log. It outlives the worker; a successor on the same
 * machine joins it, or is told how it ended.
 */
export async function runHere(
  context: StepContext,
  { shown, part, ...here }: CommandHere,
): Promise<BuildEnd> {
  const { log, row, records, lost } = context;
  const fromOffset = part ? 0 : await records.sourceOffset(row.id);
  if (fromOffset === 0) log.line(`$ ${shown ?? here.command}`);
  return runBuild({
    ...here,
    confine: confinementOf(context, here),
    fromOffset,
    leave: lost,
    onOutput: async (chunk, nextOffset) => {
      log.output(chunk, part ? null : nextOffset);
      await log.room();
    },
  });
}

/** What shuts a command in that begins now. */
export function confinementOf(
  { tools, snapshot }: StepContext,
  { runDir, workspace }: Pick<CommandHere, 'runDir' | 'workspace'>,
): () => Promise<Confinement> {
  const { isolation } = tools;
  const projectKey = snapshot.project.key;
  return () => isolation.confine({ projectKey, runDir, workspace, home: isolation.home(projectKey) });
}

/** Has the run in this folder begun? */
export async function begun(runDir: string): Promise<boolean> {
  const run = new RunFolder(runDir);
  return (await run.end()) !== null || (await run.warden()) !== null;
}

/** The whole environment of a command on the deploy machine: clean, with the project's variables and ours. */
export function environmentHere({ tools, snapshot, facts }: StepContext): Record<string, string> {
  const { project } = snapshot;
  const own = Object.fromEntries(project.env.map(({ name, value }) => [name, tools.vault.open(value)]));
  return {
    ...cleanBuildEnv(
      tools.isolation.home(project.key),
      buildVariables(tools.config.buildEnv),
      tools.config.buildPath,
    ),
    ...own,
    CEDAR_PROJECT: project.key,
    CEDAR_ENVIRONMENT: project.environment,
    CEDAR_COMMIT: facts.commit ?? '',
  };
}
