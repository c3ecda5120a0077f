import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../ssh/quote.ts';

const folder = join(import.meta.dirname, '../../commands/actions');

export const actionNames = [
  'switch',
  'unpack',
  'seal',
  'verify',
  'stage',
  'glance',
  'configure',
  'restore',
  'update',
  'control',
  'adopt',
  'prune',
  'discard',
  'tomcat-configure',
  'tomcat-stop',
  'tomcat-clean',
  'tomcat-start',
  'reload',
  'forget',
  'fpm',
  'schedule',
  'cron-d',
  'command-start',
  'command-stop',
  'command-clean',
  'hook',
  'unconfigure',
  'unlink',
  'folders',
] as const;
export type ActionName = (typeof actionNames)[number];

const scripts = new Map(actionNames.map((name) => [name, readFileSync(join(folder, `${name}.sh`), 'utf8')]));

/** The sh text of an action: its fixed script with the values as positional parameters, and nothing else. */
export function actionText(name: ActionName, args: readonly string[]): string {
  return `set -- ${args.length > 0 ? quote(args) : ''}\n${scripts.get(name)}`;
}
