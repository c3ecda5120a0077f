import type { Command } from 'commander';
import type { Output } from './output.ts';

/** Adds `cedar keys rotate`, which is loaded when it is called: it opens the database. */
export function keysCommand(
  program: Command,
  here: (deed: (output: Output) => Promise<void>) => Promise<void>,
): void {
  program
    .command('keys')
    .description('the master key, on the machine where the settings are')
    .exitOverride()
    .showHelpAfterError()
    .command('rotate')
    .description('seal the secrets of the database anew with the present master key')
    .exitOverride()
    .action(() => here(async (output) => (await import('./rotate-keys.ts')).rotateKeys(output)));
}
