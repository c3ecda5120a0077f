import { join } from 'node:path';
import { BadSecrets, loadSecrets } from '../auth/secrets-file.ts';
import { BadSettings, loadEnvFile, readConfig } from '../config.ts';
import { startHealth } from '../health/health.ts';
import { healthPool } from '../health/means.ts';
import { logger } from '../logger.ts';
import { KeyFolder } from '../shells/ssh/keys.ts';
import { openDatabase } from '../store/database.ts';
import { tellCrashes } from './crash.ts';

/** The health process: looks at all machines until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  loadEnvFile();
  const config = readConfig(process.env);
  const { vault } = loadSecrets(config);
  const db = openDatabase(config);
  const pool = healthPool(new KeyFolder(join(config.dataDir, 'keys'), vault), config);
  const end = askedToEnd();
  const health = await startHealth({
    ...{ db, pool, vault, sweepSeconds: config.sweepSeconds, factsSeconds: config.factsSeconds },
  });
  logger.info({ everySeconds: config.sweepSeconds }, 'health sweeps');
  await end;
  await health.stop();
  await pool.close();
  await db.destroy();
}

function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

tellCrashes('health');
try {
  await main();
  process.exit(0);
} catch (error) {
  if (error instanceof BadSettings || error instanceof BadSecrets) process.stderr.write(`${error.message}\n`);
  else logger.fatal({ err: error }, 'could not start');
  process.exit(1);
}
