import { hostname } from 'node:os';
import { ulid } from 'ulid';
import { Forgetter } from '../alarms/forgetter.ts';
import { AlarmWatch, rulesOf } from '../alarms/watch.ts';
import { loadSecrets } from '../auth/secrets-file.ts';
import { reportOf } from '../builds/isolation/report.ts';
import { loadEnvFile, readConfig } from '../config.ts';
import { AuditSealer } from '../deploy/audit-sealer.ts';
import { LeftOutAlarm } from '../deploy/left-out-alarm.ts';
import { Scheduler } from '../deploy/scheduler.ts';
import { WaitingPushes } from '../deploy/waiting-pushes.ts';
import { Worker } from '../deploy/worker.ts';
import { messageOf } from '../errors.ts';
import { requireGit } from '../git/version.ts';
import { logger } from '../logger.ts';
import { believedMs } from '../model/belief.ts';
import { pulseOf } from '../model/process-pulse.ts';
import { dispatchOf } from '../notify/dispatch-of.ts';
import { Sender } from '../notify/sender.ts';
import { Answerer } from '../questions/answerer.ts';
import { noticeSetBack } from '../store/clock-set.ts';
import { onCommit } from '../store/commits.ts';
import { type Db, openDatabase } from '../store/database.ts';
import { countFleet } from '../store/fleet-counts.ts';
import * as workers from '../store/workers.ts';
import { tellCrashes } from './crash.ts';
import { makeTools } from './worker-tools.ts';

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
  const beat = setInterval(() => void heartbeat(db, id, believedMs(config.sweepSeconds)), 5000);
  const worker = new Worker(db, leaseDb, tools, id);
  const { questionSlots: slots, pollSeconds } = config;
  const answerer = new Answerer(db, { ...tools, db }, { worker: id, slots, pollSeconds });
  const sender = new Sender(dispatchOf(config, db, vault, id), { slots, pollSeconds });
  const scheduler = new Scheduler(db, pollSeconds);
  const closeEar = onCommit(config, () => worker.wake(), heardNothing);
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
  closeEar();
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

/** Operations are then found by the clock alone, each `CEDAR_POLL_SECONDS`. */
function heardNothing(why: Error): void {
  logger.warn({ error: messageOf(why) }, 'does not hear of writes to the database');
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
