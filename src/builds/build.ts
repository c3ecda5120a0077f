import { realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Confinement } from './isolation/confinement.ts';
import { type OnOutput, OutputTail } from './output-tail.ts';
import { ageOf, type BuildEnd, RunFolder, type Warden } from './run-folder.ts';
import { startWarden, sweepRun } from './warden.ts';

export { buildVariables, cleanBuildEnv } from './environment.ts';
export type { BuildEnd } from './run-folder.ts';

export type Build = {
  /** One folder per run, absolute: calling again with the same one never builds twice. */
  runDir: string;
  /** The checkout in which the command runs. */
  workspace: string;
  /** Author-written shell; run by bash with `-eo pipefail`, by `sh -e` where there is no bash. */
  command: string;
  env: Record<string, string>;
  timeoutSeconds: number;
  idleSeconds: number;
  onOutput: OnOutput;
  /** Where the output is to be handed on from: 0, or a `nextOffset` that was told. */
  fromOffset: number;
  /** Cancels the build. */
  signal?: AbortSignal;
  /** Ends the following alone: the build goes on for whoever joins it. */
  leave?: AbortSignal;
  /** Kept of the output: its head and its tail, with the gap counted between them. 64 MiB unless told. */
  maxOutputBytes?: number;
  /** Asked just before the command begins: what it is shut in with. Without it, nothing. */
  confine?: () => Promise<Confinement>;
};

const POLL_MS = 100;
/** The warden ends a build in time; one that has not, so long after, is stuck itself. */
const OVERDUE_SECONDS = 15;
const STOP_MS = 8000;

/**
 * Runs a build apart from this process: it goes on when the worker dies. Called again with the same `runDir`,
 * joins the build that runs or tells again how it ended; in neither case is the command started a second time.
 * Whatever the build started is killed at its end.
 * @throws the reason of `leave`
 * @throws CedarError `build_start` where it could not even be begun.
 */
export async function runBuild(build: Build): Promise<BuildEnd> {
  const run = new RunFolder(build.runDir);
  await run.create();
  const output = new OutputTail(run.file('out'), build.fromOffset, build.onOutput);
  try {
    if (!(await run.end()) && !(await run.warden())) await begin(run, build);
    return await follow(run, build, output);
  } finally {
    await output.close();
  }
}

/** Ends a build that somebody else follows, or nobody any more, with all that it started. */
export async function endBuild(runDir: string): Promise<void> {
  const run = new RunFolder(runDir);
  if ((await run.end()) || !(await run.warden())) return;
  const nobody: Limits = { timeoutSeconds: Number.POSITIVE_INFINITY, signal: AbortSignal.abort() };
  const output = new OutputTail(run.file('out'), 0, () => undefined);
  await follow(run, nobody, output).finally(() => output.close());
}

async function begin(run: RunFolder, build: Build): Promise<void> {
  const { command, env, timeoutSeconds, idleSeconds, maxOutputBytes = 64 * 1024 * 1024 } = build;
  const workspace = await realpath(build.workspace);
  const confinement = (await build.confine?.()) ?? { prefix: [] };
  const limits = { timeoutSeconds, idleSeconds, maxOutputBytes };
  await startWarden(run, { command, env, workspace, confinement, ...limits });
}

type Limits = Pick<Build, 'timeoutSeconds' | 'signal' | 'leave'>;

async function follow(run: RunFolder, limits: Limits, output: OutputTail): Promise<BuildEnd> {
  const stopping = new Stopping(run);
  for (;;) {
    const end = await run.end();
    await output.catchUp();
    if (end) return end;
    const warden = await run.warden();
    const age = warden && (await ageOf(warden));
    limits.leave?.throwIfAborted();
    if (!warden || age === null) await sweepRun(run);
    else if (limits.signal?.aborted) await stopping.go(warden, 'cancelled');
    else if (age > limits.timeoutSeconds + OVERDUE_SECONDS) await stopping.go(warden, 'timeout');
    await pause(POLL_MS);
  }
}

/** Tells the warden to end, and kills it where it does not. */
class Stopping {
  private readonly run: RunFolder;
  private since: number | null = null;

  constructor(run: RunFolder) {
    this.run = run;
  }

  async go(warden: Warden, reason: 'cancelled' | 'timeout'): Promise<void> {
    const now = performance.now();
    if (this.since === null) await this.run.stopFor(reason);
    if (this.since === null) tell(warden, 'SIGTERM');
    else if (now - this.since > STOP_MS) tell(warden, 'SIGKILL');
    this.since ??= now;
  }
}

function tell(warden: Warden, signal: NodeJS.Signals): void {
  try {
    process.kill(warden.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
