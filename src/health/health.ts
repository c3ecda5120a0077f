import { hostname } from 'node:os';
import { ulid } from 'ulid';
import type { Vault } from '../auth/vault.ts';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import { pulseOf } from '../model/process-pulse.ts';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Db } from '../store/database.ts';
import * as workers from '../store/workers.ts';
import { Facts } from './facts.ts';
import { sweepTimes } from './means.ts';
import { Sweep } from './sweep.ts';
import { SweepClock } from './sweep-clock.ts';
import { WatchList } from './watch-list.ts';

const BEAT_MS = 15_000;

export type HealthOptions = {
  db: Db;
  pool: SshPool;
  vault: Vault;
  sweepSeconds: number;
  /** Drift is looked for so often; left out: never. */
  factsSeconds?: number;
};

/**
 * Sweeps all machines every `sweepSeconds` until it is stopped, and tells the database that it lives. A pass that
 * fails is logged and the next one comes all the same.
 */
export async function startHealth(options: HealthOptions): Promise<{ stop(): Promise<void> }> {
  const { db, pool, vault } = options;
  const times = sweepTimes(options.sweepSeconds);
  const list = new WatchList();
  const sweep = new Sweep({ db, pool, vault, list, ...times });
  const id = ulid();
  await workers.register(db, { id, kind: 'health', machine: hostname(), pid: process.pid });
  const clock = new SweepClock(sweep);
  let passing = pass(db, id, sweep, clock);
  const timer = setInterval(() => {
    passing = passing.then(() => pass(db, id, sweep, clock));
  }, times.intervalMs);
  const beat = setInterval(() => void tell(db, id, clock), BEAT_MS);
  const facts = startFacts(options, list, times.deadlineMs);
  return {
    async stop() {
      clearInterval(timer);
      clearInterval(beat);
      await passing;
      await facts.stop();
      await sweep.stop();
      await workers.leave(db, id);
    },
  };
}

async function pass(db: Db, id: string, sweep: Sweep, clock: SweepClock): Promise<void> {
  await tell(db, id, clock);
  try {
    const began = performance.now();
    await sweep.pass();
    void clock.measure(began);
  } catch (error) {
    logger.error({ err: error }, 'a health sweep failed');
  }
}

/** That it lives is told by itself, however rare sweeps are. */
async function tell(db: Db, id: string, clock: SweepClock): Promise<void> {
  try {
    await workers.beat(db, id, pulseOf(process.memoryUsage(), process.cpuUsage(), clock.lastMs));
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'heartbeat not written');
  }
}

/** Facts are due by the database; it is asked often, so that what an operation has changed is soon known again. */
const MOST_TICK_MS = 5000;

function startFacts(
  { db, pool, vault, factsSeconds }: HealthOptions,
  list: WatchList,
  deadlineMs: number,
): { stop(): Promise<void> } {
  if (factsSeconds === undefined) return { stop: async () => undefined };
  const intervalMs = factsSeconds * 1000;
  const facts = new Facts({ db, pool, vault, list, deadlineMs, intervalMs });
  const failed = (error: unknown) => logger.error({ err: error }, 'facts could not be gathered');
  const tick = () => void facts.pass().catch(failed);
  tick();
  const timer = setInterval(tick, Math.min(MOST_TICK_MS, intervalMs / 2));
  return {
    async stop() {
      clearInterval(timer);
      await facts.stop().catch(failed);
    },
  };
}
