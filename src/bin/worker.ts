import { hostname } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { Forgetter } from '../alarms/forgetter.ts';
import { AlarmWatch, rulesOf } from '../alarms/watch.ts';
import { loadSecrets } from '../auth/secrets-file.ts';
import type { Vault } from '../auth/vault.ts';
import { findIsolation } from '../builds/isolation/find.ts';
import { reportOf } from '../builds/isolation/report.ts';
import { ReleasesFolder } from '../builds/releases-folder.ts';
import { type Config, loadEnvFile, readConfig } from '../config.ts';
import { AuditSealer } from '../deploy/audit-sealer.ts';
import { failpoints } from '../deploy/failpoint.ts';
import { LeftOutAlarm } from '../deploy/left-out-alarm.ts';
import { Scheduler } from '../deploy/scheduler.ts';
import type { Tools } from '../deploy/tools.ts';
import { WaitingPushes } from '../deploy/waiting-pushes.ts';
import { Worker } from '../deploy/worker.ts';
import { messageOf } from '../errors.ts';
import { Mirrors } from '../git/mirrors.ts';
import { gitServerGrant } from '../git/server-grant.ts';
import { requireGit } from '../git/version.ts';
import { logger } from '../logger.ts';
import { pulseOf } from '../model/process-pulse.ts';
import { dispatchOf } from '../notify/dispatch-of.ts';
import { Sender } from '../notify/sender.ts';
import { Answerer } from '../questions/answerer.ts';
import { Guard } from '../shells/guard/guard.ts';
import { Bridge } from '../shells/ssh/bridge.ts';
import { KeyFolder } from '../shells/ssh/keys.ts';
import { SshPool } from '../shells/ssh/pool.ts';
import { noticeSetBack } from '../store/clock-set.ts';
import { type Db, openDatabase } from '../store/database.ts';
import { installationId } from '../store/facts.ts';
import { countFleet } from '../store/fleet-counts.ts';
import * as sshKeys from '../store/ssh-keys.ts';
import * as workers from '../store/workers.ts';
import { tellCrashes } from './crash.ts';

/** Runs operations and answers questions until SIGTERM or SIGINT, then drains. */
async function main(): Promise<void> {
  const asked = stopSignal();
  loadEnvFile();
  const config = readConfig(process.env);
  const { vault } = loadSecrets(config);
  await requireGit();
  const db = openDatabase(config);
  const leaseDb = config.databaseUrl ? openDatabase(config, 1) : db;
  const { tools, close } = await makeTools(config, db, vault);
  const id = ulid();
  const me = { id, kind: 'worker', machine: hostname(), pid: process.pid } as const;
  await workers.register(db, me, await reportOf(tools.isolation));
  const beat = setInterval(() => void heartbeat(db, id, config.sweepSeconds * 3000), 5000);
  const worker = new Worker(db, leaseDb, tools, id);
  const { questionSlots: slots, pollSeconds } = config;
  const answerer = new Answerer(db, { ...tools, db }, { worker: id, slots, pollSeconds });
  const sender = new Sender(dispatchOf(config, db, vault, id), { slots, pollSeconds });
  const scheduler = new Scheduler(db, pollSeconds);
  worker.start();
  scheduler.start();
  answerer.start();
  sender.start();
  const pushes = new WaitingPushes(db, pollSeconds);
  const leftOut = new LeftOutAlarm(db, config.leftOutSeconds);
  const sealer = new AuditSealer(db, id, pollSeconds);
  const alarms = new AlarmWatch(db, rulesOf(config), config.alarmSeconds * 1000);
  const forgetter = new Forgetter(db, config.historyDays);
  forgetter.start();
  alarms.start();
  sealer.start();
  pushes.start();
  leftOut.start();
  logger.info({ worker: id }, 'worker started');
  await asked;
  logger.info({ worker: id }, 'worker drains');
  await Promise.all([scheduler.stop(), worker.drain(), answerer.stop()]);
  await Promise.all([
    sender.stop(),
    pushes.stop(),
    leftOut.stop(),
    sealer.stop(),
    alarms.stop(),
    forgetter.stop(),
  ]);
  clearInterval(beat);
  await workers.leave(db, id);
  await close();
  await Promise.all(leaseDb === db ? [db.destroy()] : [db.destroy(), leaseDb.destroy()]);
  process.exit(0);
}

async function makeTools(
  config: Config,
  db: Db,
  vault: Vault,
): Promise<{ tools: Tools; close: () => Promise<void> }> {
  const keys = new KeyFolder(join(config.dataDir, 'keys'), vault);
  const { line, fingerprint } = await keys.ensure('default');
  await sshKeys.publish(db, { name: 'default', publicKey: line, fingerprint });
  const { connectSeconds, commandSeconds, sshIdleSeconds: idleSeconds } = config;
  const pool = new SshPool({ keys, connectSeconds, idleSeconds, commandSeconds });
  const bridge = new Bridge(pool, join(config.dataDir, 'bridge'));
  await bridge.listen();
  const mirrors = new Mirrors({
    dir: join(config.dataDir, 'mirrors'),
    gitSeconds: config.gitSeconds,
    allowInsecure: config.allowInsecureGit,
    ssh: gitServerGrant(db, bridge),
  });
  const isolation = await findIsolation(config);
  const tools: Tools = {
    ...{ config, pool, bridge, mirrors, vault, isolation },
    guard: new Guard(pool, await installationId(db)),
    releases: new ReleasesFolder(join(config.dataDir, 'releases')),
    point: failpoints(process.env),
  };
  const close = async () => {
    await bridge.close();
    await pool.close();
  };
  return { tools, close };
}

async function heartbeat(db: Db, id: string, staleMs: number): Promise<void> {
  try {
    const backMs = await noticeSetBack(db);
    if (backMs > 0) logger.warn({ backMs }, 'the clock of the database was set back');
    await workers.beat(db, id, pulseOf(process.memoryUsage(), process.cpuUsage()));
    await workers.forgetSilent(db, 24 * 3600 * 1000);
    await countFleet(db, staleMs);
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'heartbeat not written');
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

tellCrashes('worker');
main().catch((error) => {
  logger.fatal(
    { error: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
    'worker ended',
  );
  process.exit(1);
});
