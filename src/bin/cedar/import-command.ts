import type { Command } from 'commander';
import type { ImportOptions } from './import.ts';
import type { Output } from './output.ts';

/** Adds `cedar import`. The program that it runs is loaded when it is called: it opens the database. */
export function importCommand(
  program: Command,
  here: (deed: (output: Output) => Promise<void>) => Promise<void>,
): void {
  const each = (text: string, before: string[] = []): string[] => [...before, text];
  program
    .command('import')
    .description(
      "take an original CedarDeploy's database over; on this installation's machine, without a token",
    )
    .exitOverride()
    .showHelpAfterError()
    .option(
      '--from <address>',
      'mysql://user:password@host:3306/name; else CEDAR_IMPORT_FROM, which no process list shows',
    )
    .option('--apply', 'do it; without it nothing is changed')
    .option(
      '--admin <username>',
      'is an admin here, as in the list of its configuration (may be given again)',
      each,
    )
    .option('--production <environment>', 'is production: online, unless given (may be given again)', each)
    .option('--ssh-user <name>', 'its exec_user', 'deploy')
    .option('--host-path <folder>', 'its host_path', '/app/project')
    .option('--log-path <folder>', 'its supervisor_log_path', '/data/log')
    .option('--supervisor-dir <folder>', 'its supervisor_conf_dir', '/etc/supervisor/conf.d')
    .action((options: ImportOptions) =>
      here(async (output) => (await import('./import.ts')).importFrom(output, options)),
    );
}
