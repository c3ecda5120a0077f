import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Client } from './client.ts';
import type { Output } from './output.ts';
import {
  approve,
  decide,
  type FileOptions,
  file,
  type ListOptions,
  list,
  type RunOptions,
  run,
  show,
} from './ticket.ts';

type Call = (deed: (client: Client, output: Output) => Promise<void>) => Promise<void>;

const kinds = ['deploy', 'promote', 'rollback', 'restart', 'push-configuration'];
const number = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Give a number.');
  return Number(text);
};
const each = (text: string, before: string[] = []): string[] => [...before, text];

/** `cedar ticket …`: asks for deploys, decides about them, carries them out. */
export function ticketCommand(program: Command, call: Call): void {
  const group = program.command('ticket').description('ask for a deploy, decide about one, carry it out');
  group.exitOverride().showHelpAfterError();
  const command = (name: string, about: string) =>
    group.command(name).description(about).exitOverride().showHelpAfterError();

  command('file <projects...>', 'ask for a deploy of these projects, in this order')
    .requiredOption('--reason <text>', 'why')
    .addOption(new Option('--kind <kind>', 'what shall be done').choices(kinds))
    .option('--ref <ref>', 'branch, tag or commit; else the branch of the project')
    .option('--release <release>', 'what is promoted, or gone back to')
    .option('--restart', 'push-configuration: have the processes take it over')
    .option('--host <host>', 'only there (may be given again)', each)
    .option('--rollback <release>', 'the release to go back to, should it go wrong')
    .option('--at <moment>', 'wished time, as ISO 8601 with its offset')
    .option('--self-start', 'start by itself then, once approved')
    .option('--key <text>', 'name of this request: the same again files nothing new')
    .action((projects: string[], options: FileOptions) =>
      call((client, output) => file(client, output, projects, options)),
    );
  command('list', 'the open ones that you may see')
    .option('--done', 'those that are over')
    .option('--mine', 'your own alone')
    .option('--project <project>', 'of one project')
    .option('--search <text>', 'found in reason, applicant or project')
    .action((options: ListOptions) => call((client, output) => list(client, output, options)));
  command('show <ticket>', 'one ticket, with what happened to it').action((id: string) =>
    call((client, output) => show(client, output, id)),
  );
  command('approve <ticket>', "allow somebody else's ticket")
    .option('--plan <hash>', 'only where it is still this one')
    .option('--days <days>', 'how long it may be carried out: 1, 3, 7 or 14', number)
    .option('--note <text>', 'a word to it')
    .action((id: string, options: { plan?: string; days?: number; note?: string }) =>
      call((client, output) => approve(client, output, id, options)),
    );
  for (const deed of ['refuse', 'close'] as const)
    command(`${deed} <ticket>`, deed === 'refuse' ? "refuse somebody else's ticket" : 'close one by hand')
      .requiredOption('--reason <text>', 'why')
      .action((id: string, { reason }: { reason: string }) =>
        call((client, output) => decide(client, output, id, deed, { reason })),
      );
  command('withdraw <ticket>', 'take back your own').action((id: string) =>
    call((client, output) => decide(client, output, id, 'withdraw', {})),
  );
  command('run <ticket>', 'carry out the next project of an approved one')
    .option('--no-wait', 'do not wait for the end')
    .option('--timeout <seconds>', 'how long to wait', number, 3600)
    .option('--key <text>', 'name of this request: the same again starts nothing new')
    .action((id: string, options: RunOptions) => call((client, output) => run(client, output, id, options)));
}
