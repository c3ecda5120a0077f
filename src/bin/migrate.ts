import { loadEnvFile, readConfig } from '../config.ts';
import { messageOf } from '../errors.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrations.ts';

try {
  loadEnvFile();
  const db = openDatabase(readConfig(process.env));
  const names = await migrate(db).finally(() => db.destroy());
  console.log(names.length > 0 ? `Migrated: ${names.join(', ')}` : 'Nothing to migrate.');
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
