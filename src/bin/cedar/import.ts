import { loadSecrets } from '../../auth/secrets-file.ts';
import { Vault } from '../../auth/vault.ts';
import { loadEnvFile, readConfig } from '../../config.ts';
import { messageOf } from '../../errors.ts';
import { hostSettingsSchema } from '../../model/host-settings.ts';
import { importOriginal } from '../../original/import.ts';
import { readOriginal } from '../../original/read.ts';
import type { Original } from '../../original/rows.ts';
import { openDatabase } from '../../store/database.ts';
import { pending } from '../../store/migrations.ts';
import { CommandFailed } from './exit.ts';
import type { Output } from './output.ts';

export type ImportOptions = {
  from?: string;
  apply?: boolean;
  admin?: string[];
  production?: string[];
  sshUser: string;
  hostPath: string;
  logPath: string;
  supervisorDir: string;
};

/** Reads the original's database and takes it into this installation's; without `apply` it only says what it would. */
export async function importFrom(output: Output, options: ImportOptions): Promise<void> {
  if (/^mysql:\/\/[^/@]*:[^/]*@/.test(options.from ?? ''))
    throw new CommandFailed(
      'usage',
      'A password in --from is seen by everybody here: use CEDAR_IMPORT_FROM.',
    );
  const settings = hostSettings(options);
  const original = await readFrom(options.from ?? process.env.CEDAR_IMPORT_FROM ?? '');
  loadEnvFile();
  const config = readConfig(process.env);
  const vault = new Vault(loadSecrets(config).masterKey);
  const db = openDatabase(config);
  try {
    const waiting = await pending(db);
    if (waiting.length > 0)
      throw new CommandFailed('usage', 'The database is not up to date: npm run migrate');
    const wishes = {
      ...{ admins: options.admin ?? [], production: options.production ?? ['online'] },
      ...settings,
      ...{ allowLoopback: config.allowLoopbackHosts, allowInsecureGit: config.allowInsecureGit },
    };
    const found = await importOriginal(db, vault, original, wishes, options.apply ?? false);
    const counts = found.counts();
    const told = found.all.filter(
      ({ outcome, why }) => outcome === 'left' || outcome === 'partly' || why !== '',
    );
    output.table(counts, ['thing', 'taken', 'there', 'partly', 'left'], {
      ...{ applied: options.apply ?? false, counts, findings: told },
    });
    for (const { thing, name, outcome, why } of told) output.say(`${outcome}: ${thing} ${name}: ${why}`);
    if (!options.apply) output.say('\nNothing was changed. Run it again with --apply to take this over.');
  } finally {
    await db.destroy();
  }
}

/** As the page of environments takes them. */
function hostSettings({ sshUser, hostPath, logPath, supervisorDir }: ImportOptions) {
  const read = shape.safeParse({ sshUser, hostPath, logPath, supervisorDir });
  if (read.success) {
    const { sshUser: user, ...paths } = read.data;
    return { user, ...paths };
  }
  const names = read.error.issues.map(({ path }) => option(String(path[0])));
  throw new CommandFailed('usage', `Not possible as it is: ${[...new Set(names)].join(', ')}`);
}

const shape = hostSettingsSchema.pick({ sshUser: true, hostPath: true, logPath: true, supervisorDir: true });
const option = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

async function readFrom(address: string): Promise<Original> {
  if (!/^mysql:\/\/\S+$/.test(address))
    throw new CommandFailed(
      'usage',
      'Give --from mysql://user@host:3306/name, or CEDAR_IMPORT_FROM with a password.',
    );
  try {
    return await readOriginal(address);
  } catch (cause) {
    const why = `The original's database cannot be read: ${messageOf(cause)}`;
    throw new CommandFailed('unreachable', why, null, { cause });
  }
}
