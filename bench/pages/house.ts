import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { hashPassword } from '../../src/auth/password.ts';
import { countAll } from '../../src/store/asked-weeks.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as grants from '../../src/store/grants.ts';
import { judgeAll } from '../../src/store/judged-deploys.ts';
import * as mutes from '../../src/store/mutes.ts';
import * as users from '../../src/store/users.ts';
import * as windows from '../../src/store/windows.ts';
import { inBulk } from '../../tests/lab/filled/bulk.ts';
import { fill, idOf } from '../../tests/lab/filled.ts';
import { copy, keep, told } from './kept.ts';

export const password = 'correct horse battery';
/** How much is in it; `CEDAR_BENCH_SCALE=0.1` fills a tenth, for trying the benchmark itself. */
const scale = Number(process.env.CEDAR_BENCH_SCALE ?? 1);
export const size = {
  ...{ projects: Math.round(1000 * scale), operations: Math.round(1_000_000 * scale), groups: 30 },
  ...{ tickets: Math.round(20_000 * scale), audit: Math.round(1_000_000 * scale) },
  fleet: { hosts: Math.round(1000 * scale), perProject: 10 },
};

/** A large house's database in a temporary folder, with an administrator and a developer of five groups. */
export type House = Filled & { db: Db; dataDir: string; end(): Promise<void> };

type Filled = { groupIds: string[]; projectIds: string[] };

/** @param kept a folder that keeps what was filled for the next run: each run looks at a copy of it */
export async function largeHouse(kept = process.env.CEDAR_BENCH_KEEP): Promise<House> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cedar-bench-'));
  const known = kept ? told<Filled>(kept, size) : null;
  if (known && kept) copy(kept, dataDir);
  const filled = known ?? (await filledInto(dataDir));
  if (kept && !known) keep(kept, dataDir, size, filled);
  const db = openDatabase({ databaseUrl: '', dataDir });
  await db.migrate.latest();
  await around(db, filled.projectIds[0]!);
  const end = async () => {
    await db.destroy();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { db, dataDir, ...filled, end };
}

async function filledInto(dataDir: string): Promise<Filled> {
  const db = openDatabase({ databaseUrl: '', dataDir });
  await db.migrate.latest();
  const filled = await inBulk(db, () => fill(db, { ...size, until: Date.now() }));
  await db.raw('PRAGMA synchronous = OFF');
  await judgeAll(db);
  await countAll(db);
  await people(db, filled.groupIds);
  await db.raw('PRAGMA wal_checkpoint(TRUNCATE)');
  await db.destroy();
  return filled;
}

/** Settings of a console over it: what was seen when it was filled is believed to the end. */
export function environmentOf(dataDir: string): Record<string, string> {
  return { CEDAR_DATA_DIR: dataDir, CEDAR_SWEEP_SECONDS: '3600', CEDAR_LANGUAGE: 'en' };
}

export async function people(db: Db, groupIds: string[]): Promise<void> {
  const passwordHash = await hashPassword(password);
  for (let n = 0; n < 200; n++) {
    const [id, username] = [idOf(0, n), n === 0 ? 'admin' : n === 1 ? 'developer' : `person${n}`];
    const role = n === 0 ? 'admin' : 'user';
    await users.add(db, { id, username, displayName: `Person ${n}`, passwordHash, role });
    for (let k = 0; n > 0 && k < 5; k++)
      await grants.give(db, id, {
        ...{ groupId: groupIds[(2 + n + k * 5) % groupIds.length]!, config: true, deploy: true },
      });
  }
}

export async function around(db: Db, projectId: string): Promise<void> {
  const scope = { kind: 'project', id: projectId } as const;
  const [from, to] = [Date.now() + 86_400_000, Date.now() + 172_800_000];
  await windows.add(db, { scope, zone: 'UTC', hours: 'mon-sun 00:00-24:00', extra: '' });
  await freezes.add(db, { scope, from, to, reason: 'A fair', by: 'admin' });
  const mute = { scope, reason: 'Moved', from, until: to, hours: null, byName: 'admin', byId: null };
  await mutes.add(db, mute);
  const beat = { started_at: Date.now(), heartbeat_at: Date.now() + 3_600_000, pid: 1, machine: 'bench' };
  for (const kind of ['worker', 'health']) await db('workers').insert({ id: ulid(), kind, ...beat });
}
