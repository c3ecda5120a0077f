import { messageOf } from '../errors.ts';
import type { ProcessInfo } from '../model/process.ts';
import { logFile, runsByCommands } from '../runtimes/commands.ts';
import { isTomcat, lookAtTomcat, TOMCAT_PROCESS, tomcatTail } from '../runtimes/tomcat.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { accessOf } from '../supervisor/access.ts';
import { look } from '../supervisor/look.ts';
import { processNames } from '../supervisor/render-for-host.ts';
import { SupervisorRpc } from '../supervisor/rpc.ts';
import type { HostStepContext } from './step.ts';

/** The full name `group:name` of the step's process. */
export function nameOf({ snapshot, host, process }: HostStepContext): string {
  if (isTomcat(snapshot.project)) return `${snapshot.project.key}:${TOMCAT_PROCESS}`;
  return (
    processNames(snapshot.project, host)[process] ??
    `${snapshot.project.key}:${snapshot.project.key}_${process}`
  );
}

/**
 * Every process of the project on the host, as supervisor tells of them now; a Tomcat's JVM as /proc does; none of what
 * commands run.
 */
export async function ownProcesses({ tools, host, snapshot }: HostStepContext): Promise<ProcessInfo[]> {
  if (isTomcat(snapshot.project)) return [(await lookAtTomcat(tools.pool, snapshot.project, host)).process];
  if (runsByCommands(snapshot.project)) return [];
  const { processes } = await look(tools.pool, targetOf(host), accessOf(host.settings, tools.vault));
  return processes.filter((one) => one.group === snapshot.project.key);
}

/** The step's process; null where supervisor does not know it. */
export async function ownProcess(context: HostStepContext): Promise<ProcessInfo | null> {
  const name = nameOf(context);
  return (await ownProcesses(context)).find((one) => `${one.group}:${one.name}` === name) ?? null;
}

/** Read of a program's log. */
const TAIL_BYTES = 8192;

/** The last lines of the program's own log; a sentence where they cannot be read. */
export async function programTail(context: HostStepContext): Promise<string> {
  const { tools, host, snapshot } = context;
  try {
    if (isTomcat(snapshot.project)) return await tomcatTail(tools.pool, snapshot.project, host);
    if (runsByCommands(snapshot.project)) return await tailOfFile(context);
    const rpc = new SupervisorRpc(tools.pool, targetOf(host), accessOf(host.settings, tools.vault));
    return wholeLines(await rpc.tail(nameOf(context), TAIL_BYTES));
  } catch (error) {
    return `(the program's log could not be read: ${messageOf(error)})`;
  }
}

async function tailOfFile({ tools, host, snapshot, process }: HostStepContext): Promise<string> {
  const file = logFile({ project: snapshot.project, host, process });
  const { stdout } = await tools.pool.exec(targetOf(host), ['tail', '-c', String(TAIL_BYTES), '--', file]);
  return wholeLines(stdout);
}

/** The first line may begin anywhere, in the middle of a secret too. */
function wholeLines(text: string): string {
  return Buffer.byteLength(text) < TAIL_BYTES - 3 ? text : text.slice(text.indexOf('\n') + 1);
}
