import { afterAll, expect, test } from 'vitest';
import { AuditSealer } from '../../src/deploy/audit-sealer.ts';
import { changeable } from '../../src/store/append-only.ts';
import { record } from '../../src/store/audit.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startMariadb } from '../lab/mariadb.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

test('[S93] where a binary log lets nobody without SUPER make triggers, the tables are made without them, and the worker finds it out', async () => {
  const server = await startMariadb(['--log-bin', '--server-id=1', '--log-bin-trust-function-creators=0']);
  ends.push(() => server.stop());
  const db = openDatabase({ databaseUrl: await server.createDatabase(), dataDir: '' });
  ends.push(() => db.destroy());
  await db.migrate.latest();
  const [triggers] = await db.raw('SHOW TRIGGERS');
  expect(triggers).toEqual([]);
  await record(db, { actor: 'ada', via: 'web', action: 'group.add', object: 'group:x', result: 'ok' });
  expect(await new AuditSealer(db, 'sealer', 1).round()).toBe(1);
  expect(await changeable(db)).toEqual(['audit', 'audit_seals']);
}, 60_000);
