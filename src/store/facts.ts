import { randomBytes } from 'node:crypto';
import type { Db } from './database.ts';

/** This installation's id: names our folder on every host, so that two installations never meet there. */
export async function installationId(db: Db): Promise<string> {
  await db('facts')
    .insert({ name: 'installation', value: randomBytes(6).toString('hex') })
    .onConflict('name')
    .ignore();
  const row = await db('facts').where({ name: 'installation' }).first('value');
  return row.value;
}
