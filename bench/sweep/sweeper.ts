import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSecrets } from '../../src/auth/secrets-file.ts';
import { readConfig } from '../../src/config.ts';
import { healthPool, sweepTimes } from '../../src/health/means.ts';
import { Sweep } from '../../src/health/sweep.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { openDatabase } from '../../src/store/database.ts';

/** What one sweep cost this process and nobody else. Milliseconds and bytes. */
export type Spent = { wallMs: number; cpuMs: number; rss: number; files: number };
/** cold: without any connection left from before. */
export type Ask = 'cold' | 'steady' | 'end';

/*
 * The health process as `npm run health` starts it, but for the clock: it sweeps when it is told to over IPC, and
 * tells what that took. Settings come from the environment.
 */
const config = readConfig(process.env);
const { vault } = loadSecrets(config);
const db = openDatabase(config);
const keys = new KeyFolder(join(config.dataDir, 'keys'), vault);
let pool = healthPool(keys, config);
let sweep = begin();

function begin(): Sweep {
  return new Sweep({ db, pool, vault, ...sweepTimes(config.sweepSeconds) });
}

async function anew(): Promise<void> {
  await sweep.stop();
  await pool.close();
  pool = healthPool(keys, config);
  sweep = begin();
}

async function measured(): Promise<Spent> {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  await sweep.pass();
  await sweep.settled();
  const wallMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000, ...held() };
}

function held() {
  const rss = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  return { rss, files: readdirSync('/proc/self/fd').length };
}

process.on('message', async (ask: Ask) => {
  if (ask === 'end') {
    await sweep.stop();
    await pool.close();
    await db.destroy();
    process.disconnect();
    return;
  }
  if (ask === 'cold') await anew();
  process.send!(await measured());
});
process.send!('ready');
