import { loadSecrets } from '../auth/secrets-file.ts';
import { loadEnvFile, readConfig } from '../config.ts';
import { messageOf } from '../errors.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrations.ts';
import { tellCrashes } from './crash.ts';

tellCrashes('migrate');

/* Secrets are made or refused here too, so that a wrong installation stops before any process starts. */
try {
  loadEnvFile();
  const config = readConfig(process.env);
  loadSecrets(config);
  const db = openDatabase(config);
  const names = await migrate(db).finally(() => db.destroy());
  console.log(names.length > 0 ? `Migrated: ${names.join(', ')}` : 'Nothing to migrate.');
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
