import { directoryOf } from '../auth/ldap/directory-of.ts';
import { loadSecrets } from '../auth/secrets-file.ts';
import { loadEnvFile, readConfig } from '../config.ts';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import { openDatabase } from '../store/database.ts';
import { pending } from '../store/migrations.ts';
import { buildApp } from '../web/app.ts';
import { Recheck } from '../web/directory/recheck.ts';
import { listen } from '../web/listener.ts';
import { ensureSetupLink } from '../web/setup-link.ts';
import { tellCrashes } from './crash.ts';

/** Serves people until SIGTERM or SIGINT: then takes nothing new, ends streams and leaves. */
async function main(): Promise<void> {
  loadEnvFile();
  const config = readConfig(process.env);
  const { sessionSecret, vault } = loadSecrets(config);
  const db = openDatabase(config);
  const waiting = await pending(db);
  if (waiting.length > 0) throw new Error(`The database is not up to date (${waiting[0]}): npm run migrate`);
  const directory = directoryOf(config);
  const { databaseUrl: _url, sessionSecret: _session, ldapBindPassword: _ldap, ...rest } = config;
  const { masterKey: _master, masterKeyPrevious: _previous, metricsToken, ...settings } = rest;
  const app = buildApp({ db, vault, settings, sessionSecret, directory, metricsToken });
  const recheck = directory && new Recheck(db, directory, config.ldapRecheckMinutes);
  recheck?.start();
  const listener = await listen(app, config.host, config.port);
  const address = config.baseUrl || listener.address;
  logger.info({ address }, 'web listens');
  const link = await ensureSetupLink(db, address);
  if (link) console.log(`\nCreate the administrator (the link works once, for 24 hours):\n  ${link}\n`);
  const leave = async () => {
    await listener.close();
    await recheck?.stop();
    await db.destroy();
    process.exit(0);
  };
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
}

tellCrashes('web');
main().catch((error) => {
  console.error(messageOf(error));
  process.exit(1);
});
