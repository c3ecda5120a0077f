import { launch } from '../../src/deploy/launch.ts';
import { CedarError } from '../../src/errors.ts';
import { openDatabase } from '../../src/store/database.ts';

/* A process of its own, in whatever time zone: launches deploys and prints `begun` or the code of each refusal. */
const [hostId = '', userId = '', ...projectIds] = process.argv.slice(2);
const { DATABASE_URL: databaseUrl = '', CEDAR_DATA_DIR: dataDir = '' } = process.env;
const db = openDatabase({ databaseUrl, dataDir });
const by = { id: userId, username: 'ada', displayName: 'Ada' };
const told: string[] = [];
for (const projectId of projectIds)
  try {
    await launch(db, { kind: 'deploy', projectId, hostIds: [hostId], by });
    told.push('begun');
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    told.push(error.code);
  }
console.log(new Date(0).getTimezoneOffset(), ...told);
await db.destroy();
