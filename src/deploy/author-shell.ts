import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runBuild } from '../builds/build.ts';
import type { ShellCall } from '../registries/registry.ts';
import { actionText } from '../shells/guard/action.ts';
import { quote } from '../shells/ssh/quote.ts';
import { StepFailed } from './failure.ts';
import { confinementOf, environmentHere } from './run-here.ts';
import type { HostStepContext } from './step.ts';
import { rootOf } from './workspace.ts';

type Timed = ShellCall & { part: string; timeoutSeconds: number };
type Ended = { code: number; tail: string };

/**
 * Runs author-written shell once: on the host under the guard, or on the deploy machine apart from this worker. A
 * successor that asks for the same part is told how it ended.
 * @throws StepFailed `shell_timeout` where it did not end in time; what the guard throws.
 */
export function authorShell(context: HostStepContext, call: Timed): Promise<Ended> {
  return call.where === 'host' ? onHost(context, call) : here(context, call);
}

/** What the action `hook` says by its exit code: the command's own code is in its last line. */
const TIMED_OUT = 3;

async function onHost(context: HostStepContext, call: Timed): Promise<Ended> {
  const { tools, host, snapshot, lease, operation, row, log } = context;
  const { timeoutSeconds } = call;
  log.line(`$ ${call.command}`);
  const environment = Buffer.from(linesOf(call.env));
  const { rc, out } = await tools.guard.run(host, {
    projectKey: snapshot.project.key,
    fence: lease.fence,
    key: `${operation.id}.${placeOf(row.stepKey)}.hook.${call.part}.${row.attempt}`,
    action: actionText('hook', [host.settings.hostPath, String(timeoutSeconds), String(environment.length)]),
    input: Buffer.concat([environment, Buffer.from(commandOf(call))]),
    timeoutSeconds: timeoutSeconds + 30,
    signal: context.lost,
  });
  if (out) log.output(Buffer.from(out.endsWith('\n') ? out : `${out}\n`));
  if (rc === TIMED_OUT || rc === 124 || rc === 137)
    throw new StepFailed('shell_timeout', { seconds: timeoutSeconds });
  return { code: rc === 0 ? 0 : Number(/exit code (\d+)\s*$/.exec(out)?.[1] ?? rc), tail: out };
}

async function here(context: HostStepContext, call: Timed): Promise<Ended> {
  const { row, log, lost } = context;
  const { timeoutSeconds } = call;
  const name = `${placeOf(row.stepKey)}-${call.part}-${row.attempt}`;
  const workspace = join(rootOf(context), `work-${name}`);
  await mkdir(workspace, { recursive: true });
  log.line(`$ ${call.command}`);
  const runDir = join(rootOf(context), `run-${name}`);
  const { ended, code } = await runBuild({
    ...{
      runDir,
      workspace,
      command: commandOf(call),
      timeoutSeconds,
      idleSeconds: timeoutSeconds,
      fromOffset: 0,
    },
    env: { ...environmentHere(context), ...call.env },
    onOutput: (chunk) => log.output(chunk),
    leave: lost,
    confine: confinementOf(context, { runDir, workspace }),
  });
  if (ended !== 'exit' || code === null) throw new StepFailed('shell_timeout', { seconds: timeoutSeconds });
  return { code, tail: log.tail() };
}

function commandOf({ direction, command }: ShellCall): string {
  return `set -- ${direction}\n${command}\n`;
}

function linesOf(env: Record<string, string>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}=${quote([value])}\n`)
    .join('');
}

function placeOf(stepKey: string): string {
  return stepKey.replaceAll(/[^A-Za-z0-9]/g, '_');
}
