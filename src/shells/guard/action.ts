import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../ssh/quote.ts';

const folder = join(import.meta.dirname, '../../commands');

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

/** Functions that come before an action's own script. */
const parts: Partial<Record<ActionName, string>> = { stage: 'level', prune: 'level' };

const read = (file: string) => readFileSync(join(folder, `${file}.sh`), 'utf8');

const scripts = new Map(
  actionNames.map((name) => [
    name,
    `${parts[name] ? read(`parts/${parts[name]}`) : ''}${read(`actions/${name}`)}`,
  ]),
);

/** The sh text of an action: its fixed script with the values as positional parameters, and nothing else. */
export function actionText(name: ActionName, args: readonly string[]): string {
  return `set -- ${args.length > 0 ? quote(args) : ''}\n${scripts.get(name)}`;
}
