import type { Command } from 'commander';
import type { Output } from './output.ts';

/** `cedar audit verify`. @param here runs a deed on this machine and turns its failure into an exit code */
export function auditCommand(
  program: Command,
  here: (deed: (output: Output) => Promise<void>) => Promise<void>,
) {
  program
    .command('audit')
    .description('the audit trail of the console on this machine')
    .command('verify')
    .description(
      'walk its chain and name the first bad row; opens the database by the settings of the processes',
    )
    .option(
      '--head <seq:hash>',
      'a head that was kept elsewhere (may be given again)',
      (text: string, before: string[] = []) => [...before, text],
    )
    .exitOverride()
    .showHelpAfterError()
    .action(({ head = [] }: { head?: string[] }) =>
      here(async (output) => (await import('./audit.ts')).verifyAudit(output, head)),
    );
}
