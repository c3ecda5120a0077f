import type { Command } from 'commander';
import type { Output } from './output.ts';

/** `cedar alarm`. @param here runs a deed on this machine and turns its failure into an exit code */
export function alarmCommand(
  program: Command,
  here: (deed: (output: Output) => Promise<void>) => Promise<void>,
): void {
  program
    .command('alarm')
    .description(
      'decide once what is an alarm and who is told; for cron, on the machine where the settings are',
    )
    .exitOverride()
    .showHelpAfterError()
    .action(() => here(async (output) => (await import('./alarm.ts')).alarmOnce(output)));
}
