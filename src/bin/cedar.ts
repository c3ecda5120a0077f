import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { messageOf } from '../errors.ts';
import { alarmCommand } from './cedar/alarm-command.ts';
import { auditCommand } from './cedar/audit-command.ts';
import { Client } from './cedar/client.ts';
import { CommandFailed, type Exit, exits } from './cedar/exit.ts';
import { importCommand } from './cedar/import-command.ts';
import { keysCommand } from './cedar/keys-command.ts';
import { hosts, logs, releases, status } from './cedar/look.ts';
import { Output } from './cedar/output.ts';
import { readSettings } from './cedar/settings.ts';
import { type StartOptions, scale, start } from './cedar/start.ts';
import { ticketCommand } from './cedar/ticket-command.ts';

const program = new Command('cedar')
  .description('Deploys over the interface of a CedarDeploy console.')
  .option('--json', 'print one JSON value and nothing else')
  .showHelpAfterError()
  .exitOverride();

program.addHelpText(
  'after',
  '\nSet CEDAR_URL and CEDAR_TOKEN (and CEDAR_CA for a CA of your own), or put them into ~/.config/cedar/config, mode 0600.' +
    '\nExit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 busy, 5 unreachable or not in time, 6 needs attention.',
);

const seconds = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Give seconds.');
  return Number(text);
};
const each = (text: string, before: string[] = []): string[] => [...before, text];

function starting(name: string, about: string): Command {
  return command(name, about)
    .option('--reason <text>', 'why: it stands in the history')
    .option('--no-wait', 'do not wait for the end')
    .option('-q, --quiet', 'do not show the log while waiting')
    .option('--timeout <seconds>', 'how long to wait', seconds, 3600)
    .option('--key <text>', 'name of this request: the same again starts nothing new')
    .option('--pass <reason>', 'as an administrator, go past a closed window, a freeze or a lock');
}

function command(name: string, about: string): Command {
  return program.command(name).description(about).exitOverride().showHelpAfterError();
}

const onHosts = (made: Command) => made.option('--host <host>', 'only there (may be given again)', each);

onHosts(starting('deploy <project>', 'build and deploy'))
  .option('--ref <ref>', 'branch, tag or commit; else the branch of the project')
  .action((project: string, { ref, ...options }: StartOptions & { ref?: string }) =>
    run((client, output) => start(client, output, project, { kind: 'deploy', ref }, options)),
  );
onHosts(starting('rollback <project> <release>', 'go back to a kept release, by name or id'))
  .option('--fast', 'restart at once, without checks and registry')
  .action((project: string, release: string, { fast, ...options }: StartOptions & { fast?: boolean }) =>
    run((client, output) =>
      start(client, output, project, { kind: fast ? 'fast-rollback' : 'rollback', release }, options),
    ),
  );
type One = StartOptions & { process?: string };
for (const kind of ['restart', 'stop'])
  onHosts(starting(`${kind} <project>`, `${kind} the processes of a project, or one of them`))
    .option('--process <name>', "that one alone, by supervisor's name; with one --host")
    .action((project: string, { process, ...options }: One) => {
      const wish = process === undefined ? { kind } : { kind: `${kind}-process`, process };
      return run((client, output) => start(client, output, project, wish, options));
    });
onHosts(starting('start <project>', 'start one process that is down'))
  .requiredOption('--process <name>', "supervisor's name of it; with one --host")
  .action((project: string, { process, ...options }: One) =>
    run((client, output) => start(client, output, project, { kind: 'start-process', process }, options)),
  );

command('status [what]', 'what runs now, a project (its key), or an operation (its id)').action(
  (what?: string) => run((client, output) => status(client, output, what)),
);
command('logs <what>', "an operation's log, or that of a project's newest one")
  .option('-f, --follow', 'show it as it grows, until the end')
  .option('--timeout <seconds>', 'how long to follow', seconds, 3600)
  .action((what: string, options: { follow?: boolean; timeout: number }) =>
    run((client, output) => logs(client, output, what, options)),
  );
command('hosts [project]', 'the machines, or those of a project').action((project?: string) =>
  run((client, output) => hosts(client, output, project)),
);
command('releases <project>', 'the kept releases of a project').action((project: string) =>
  run((client, output) => releases(client, output, project)),
);

type Machine = StartOptions & { hostname?: string; hostKey?: string; processes?: number; gone?: boolean };
starting('expansion <project> <address>', 'bring a machine into a project, on its last good release')
  .option('--hostname <name>', 'its name; else it is asked')
  .option('--host-key <key>', 'line of ssh-keyscan, or SHA256:…: what it must show')
  .option('--processes <n>', 'how many processes', seconds)
  .action((project: string, host: string, options: Machine) => {
    const { hostname, hostKey: host_key, processes } = options;
    const body = { project, host, hostname, host_key, processes };
    return run((client, output) => scale(client, output, '/expansion', body, options));
  });
starting('reduced <project> <host>', 'take a project off a host')
  .option('--gone', 'the machine is gone for good: ask nothing of it')
  .action((project: string, host: string, { gone, ...options }: Machine) =>
    run((client, output) => scale(client, output, '/reduced', { project, host, gone }, options)),
  );

ticketCommand(program, run);
alarmCommand(program, here);
auditCommand(program, here);
importCommand(program, here);
keysCommand(program, here);

/** Over the interface of a console. */
function run(deed: (client: Client, output: Output) => Promise<void>): Promise<void> {
  return here((output) => deed(new Client(readSettings(process.env, (text) => output.warn(text))), output));
}

async function here(deed: (output: Output) => Promise<void>): Promise<void> {
  const output = new Output(Boolean(program.opts<{ json?: boolean }>().json));
  try {
    await deed(output);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    if (error.answer !== null) output.value(error.answer);
    output.warn(error.message);
    leave(error.exit);
  }
}

function leave(exit: Exit): void {
  process.exitCode = exits[exit];
}

// whoever reads us may have seen enough (`cedar logs … | head`)
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) return leave(error.exitCode === 0 ? 'ok' : 'usage');
  process.stderr.write(`cedar: ${messageOf(error)}\n`);
  leave('unreachable');
});
