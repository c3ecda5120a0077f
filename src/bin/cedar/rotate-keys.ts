import { loadSecrets } from '../../auth/secrets-file.ts';
import type { Vault } from '../../auth/vault.ts';
import { loadEnvFile, readConfig } from '../../config.ts';
import { record } from '../../store/audit.ts';
import { type Db, openDatabase } from '../../store/database.ts';
import { type Resealed, reseal } from '../../store/sealed.ts';
import { CommandFailed } from './exit.ts';
import type { Output } from './output.ts';

/**
 * Seals anew what the database holds sealed with a previous master key. Runs where the settings are, beside all that
 * works; may be run again.
 */
export async function rotateKeys(output: Output): Promise<void> {
  loadEnvFile();
  const config = readConfig(process.env);
  const { vault } = loadSecrets(config);
  if (vault.otherKeyIds.length === 0)
    throw new CommandFailed('usage', 'Set CEDAR_MASTER_KEY_PREVIOUS to the key that is to be replaced.');
  const db = openDatabase(config);
  try {
    report(output, vault.keyId, await rotate(db, vault));
  } finally {
    await db.destroy();
  }
}

async function rotate(db: Db, vault: Vault): Promise<Resealed> {
  const all: Resealed = { rows: 0, failed: [] };
  for (const keyId of vault.otherKeyIds) {
    const done = await reseal(db, keyId, (sealed) => vault.seal(vault.open(sealed)));
    all.rows += done.rows;
    all.failed.push(...done.failed);
  }
  const result = all.failed.length > 0 ? 'failed' : 'ok';
  const after = { key: vault.keyId, ...all };
  await record(db, {
    actor: 'cedar',
    via: 'cli',
    action: 'keys.rotate',
    object: 'master-key',
    after,
    result,
  });
  return all;
}

function report(output: Output, key: string, { rows, failed }: Resealed): void {
  output.say(`${rows} rows are sealed anew, with the key ${key}.`);
  if (failed.length > 0)
    throw new CommandFailed('failed', `Damaged, or sealed with yet another key, in: ${failed.join(', ')}.`, {
      key,
      rows,
      failed,
    });
  output.value({ key, rows, failed });
  output.say('Nothing here needs the previous key: remove CEDAR_MASTER_KEY_PREVIOUS, start all processes.');
}
