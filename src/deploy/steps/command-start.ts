import { check } from '../../runtimes/command-check.ts';
import { commandsOf, environmentOf, filesFor, type Instance, portOf } from '../../runtimes/commands.ts';
import { StepFailed } from '../failure.ts';
import { guarded } from '../guarded.ts';
import { instancesOf } from '../instances.ts';
import type { HostStepContext, Step } from '../step.ts';

/** What the action says by its exit code: the command's own code is in its last line. */
const FAILED = 1;

/** Starts all processes of the host, each at most once. Whether they came up is the check's question. */
export const commandStart: Step<HostStepContext> = {
  async run(context) {
    const ready = instancesOf(context).map((one) => ({ one, files: filesFor(one, context.tools.vault) }));
    for (const { one, files } of ready) await start(context, one, files);
    return { evidence: { started: ready.length } };
  },
  /** A start cannot be undone by looking: only what it left running shows that it happened. */
  async reconcile(context) {
    for (const instance of instancesOf(context)) {
      const { begun } = await check(context.tools, instance, { seconds: 10, token: tokenOf(context) });
      if (!begun) return 'unknown';
    }
    return { evidence: { started: context.host.processes, reconciled: true } };
  },
};

async function start(
  context: HostStepContext,
  instance: Instance,
  files: ReturnType<typeof filesFor>,
): Promise<void> {
  const { tools, host, snapshot, log } = context;
  const { project } = snapshot;
  const command = commandsOf(project).start;
  const environment = Buffer.from(environmentOf(instance, tools.vault));
  log.line(`$ ${command}`);
  for (const { path } of files) log.line(`file ${path}`);
  const { rc, out } = await guarded(
    context,
    {
      name: 'command-start',
      part: String(instance.process),
      args: [
        ...[host.settings.hostPath, project.key, String(instance.process)],
        ...[String(project.settings.startSeconds), `${host.settings.logPath}/${project.key}`],
        ...[tokenOf(context), String(portOf(instance) ?? '')],
        ...[String(environment.length), String(files.length)],
      ],
      input: Buffer.concat([environment, ...files.map(packed), Buffer.from(`${command}\n`)]),
      timeoutSeconds: project.settings.startSeconds + 60,
    },
    [0, FAILED],
  );
  if (rc !== FAILED) return;
  const code = Number(/exit code (\d+)\s*$/.exec(out)?.[1] ?? 1);
  const name = `${project.key}#${instance.process}`;
  throw new StepFailed('command_start', { host: host.name, name, code }, { exitCode: code, tail: out });
}

/** As the action reads it. */
function packed({ path, text }: { path: string; text: string }): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${path}\n${bytes.length}\n`), bytes]);
}

/** Marks what this very start begins. */
function tokenOf({ row }: HostStepContext): string {
  return `${row.id}.${row.attempt}`;
}
