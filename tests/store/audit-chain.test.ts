import { describe, expect, test } from 'vitest';
import { AuditSealer } from '../../src/deploy/audit-sealer.ts';
import { changeable } from '../../src/store/append-only.ts';
import { record } from '../../src/store/audit.ts';
import { verify } from '../../src/store/audit-verify.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import { CedarCommand } from '../lab/cedar-command.ts';
import { eachDatabase, freshDatabase, mariadbOfFile } from '../lab/database.ts';

const entry = (name: string) => ({
  ...{ actor: 'ada', via: 'web' as const, action: 'group.add', object: `group:${name}` },
  ...{ after: { name, notes: 'ü\r\n{"x":1}' }, result: 'ok' as const },
});

async function rows(db: Db, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await record(db, entry(String(n)));
}

const sealer = (db: Db, id = 'sealer') => new AuditSealer(db, id, 1);

/** What somebody does who has the whole database in hand. */
async function withoutTriggers(db: Db): Promise<void> {
  for (const table of ['audit', 'audit_seals'])
    for (const deed of ['update', 'delete']) await db.raw(`DROP TRIGGER ${table}_no_${deed}`);
}

async function idOf(db: Db, seq: number): Promise<string> {
  return (await db('audit_seals').where({ seq }).first('audit_id')).audit_id;
}

type Harm = [string, (db: Db) => Promise<unknown>, object];
const harms: Harm[] = [
  [
    'a changed row',
    async (db) =>
      db('audit')
        .where({ id: await idOf(db, 4) })
        .update({ actor: 'eve' }),
    { seq: 4, fault: 'changed' },
  ],
  [
    'a changed seal',
    (db) =>
      db('audit_seals')
        .where({ seq: 4 })
        .update({ hash: 'f'.repeat(64) }),
    { seq: 4, fault: 'changed' },
  ],
  [
    'a row that was deleted',
    async (db) =>
      db('audit')
        .where({ id: await idOf(db, 3) })
        .delete(),
    { seq: 3, fault: 'missing' },
  ],
  [
    'a row deleted with its seal',
    async (db) => {
      const id = await idOf(db, 3);
      await db('audit_seals').where({ seq: 3 }).delete();
      await db('audit').where({ id }).delete();
    },
    { seq: 3, fault: 'missing' },
  ],
  [
    'two rows that changed places',
    async (db) => {
      const [two, five] = [await idOf(db, 2), await idOf(db, 5)];
      for (const [seq, id] of [
        [2, 'x'],
        [5, two],
        [2, five],
      ] as const)
        await db('audit_seals').where({ seq }).update({ audit_id: id });
    },
    { seq: 2, fault: 'reordered' },
  ],
  [
    'an end that was cut off',
    async (db) => {
      const id = await idOf(db, 6);
      await db('audit_seals').where({ seq: 6 }).delete();
      await db('audit').where({ id }).delete();
    },
    { seq: 6, fault: 'cut-off' },
  ],
  [
    'a row put in between by hand',
    async (db) => {
      const first = await db('audit')
        .where({ id: await idOf(db, 1) })
        .first();
      const at = Number(first.at) - 30 * 86_400_000;
      await db('audit').insert({ ...first, id: '01AAAAAAAAAAAAAAAAAAAAAAAA', at });
      await sealer(db).round();
    },
    { seq: 7, fault: 'inserted' },
  ],
];

eachDatabase((kind) => {
  describe(kind, () => {
    test('all rows come into one chain in their order, and more go on with it', async () => {
      const { db } = await freshDatabase(kind);
      await rows(db, 5);
      expect(await verify(db)).toMatchObject({ head: { seq: 0 }, unsealed: 5, bad: null });
      expect(await sealer(db).round()).toBe(5);
      await rows(db, 2);
      expect(await sealer(db).round()).toBe(2);
      expect(await verify(db)).toMatchObject({ head: { seq: 7 }, unsealed: 0, bad: null });
      const seals = await db('audit_seals').orderBy('seq').pluck('audit_id');
      expect(seals).toEqual(await db('audit').orderBy('id').pluck('id'));
    });

    test('two sealers that race make one chain', async () => {
      const { db, settings } = await freshDatabase(kind);
      const others = [openDatabase(settings), openDatabase(settings)];
      const sealers = others.map((other, index) => sealer(other, `sealer-${index}`));
      for (let turn = 0; turn < 8; turn++) {
        await Promise.all([rows(db, 3), ...sealers.map((one) => one.round())]);
        await Promise.all(sealers.map((one) => one.stop()));
        sealers.splice(0, 2, ...others.map((other, index) => sealer(other, `sealer-${turn}-${index}`)));
      }
      await sealer(db, 'last').round();
      expect(await verify(db)).toMatchObject({ head: { seq: 24 }, unsealed: 0, bad: null });
      expect(new Set(await db('audit_seals').pluck('audit_id')).size).toBe(24);
      await Promise.all(others.map((other) => other.destroy()));
    });

    test('[S93] the database refuses to change or delete what was written, and its seals', async () => {
      const { db } = await freshDatabase(kind);
      await rows(db, 2);
      await sealer(db).round();
      for (const table of ['audit', 'audit_seals']) {
        await expect(db(table).delete()).rejects.toThrow(/append-only/);
        const [column = ''] = Object.keys(await db(table).first());
        await expect(db(table).update({ [column]: '1' })).rejects.toThrow(/append-only/);
      }
      expect(await changeable(db)).toEqual([]);
      expect(await verify(db)).toMatchObject({ head: { seq: 2 }, bad: null });
    });

    test.each(harms)('[S93] %s is found, exactly there', async (_name, harm, expected) => {
      const { db } = await freshDatabase(kind);
      await rows(db, 6);
      await sealer(db).round();
      await withoutTriggers(db);
      expect(await changeable(db)).toEqual(['audit', 'audit_seals']);
      await harm(db);
      expect((await verify(db)).bad).toMatchObject(expected);
      await rows(db, 2);
      await sealer(db).round();
      expect((await verify(db)).bad).toMatchObject({ seq: (expected as { seq: number }).seq });
    });

    test('[S93] a chain that was made anew does not go through a head kept elsewhere', async () => {
      const { db } = await freshDatabase(kind);
      await rows(db, 4);
      await sealer(db).round();
      const { head } = await verify(db);
      await withoutTriggers(db);
      await db('audit').update({ actor: 'eve' });
      await db('audit_seals').delete();
      await db('audit_sealer').update({ seq: 0, hash: '0'.repeat(64) });
      await sealer(db).round();
      expect(await verify(db)).toMatchObject({ bad: null });
      expect((await verify(db, [head])).bad).toMatchObject({ seq: 4, fault: 'reset' });
    });

    test('[S93] cedar audit verify: exit code 0, or 1 and the row by name', async () => {
      const { db, env } = await freshDatabase(kind);
      await rows(db, 3);
      await sealer(db).round();
      const well = new CedarCommand(env, ['--json', 'audit', 'verify']);
      expect([await well.ended, well.stderr]).toEqual([0, '']);
      expect(well.json).toMatchObject({ ok: true, head: expect.stringMatching(/^3:/), unsealed: 0 });
      await withoutTriggers(db);
      const id = await idOf(db, 2);
      await db('audit').where({ id }).update({ result: 'refused' });
      const bad = new CedarCommand(env, ['audit', 'verify', '--head', String(well.json.head)]);
      expect(await bad.ended).toBe(1);
      expect(bad.stderr).toContain(`Row 2 (${id}) was changed`);
      const wrong = new CedarCommand(env, ['audit', 'verify', '--head', 'x']);
      expect(await wrong.ended).toBe(2);
    });
  });
});

test('[S93] a database user with INSERT and SELECT alone records, seals and verifies, and can change nothing', async () => {
  const { db, settings } = await freshDatabase('mariadb');
  await withoutTriggers(db);
  const url = new URL(settings.databaseUrl);
  const server = await mariadbOfFile();
  await server.createUser('few', url.pathname.slice(1), {
    audit: 'SELECT, INSERT',
    audit_seals: 'SELECT, INSERT',
    audit_sealer: 'SELECT, UPDATE',
  });
  url.username = 'few';
  const few = openDatabase({ ...settings, databaseUrl: url.href });
  await rows(few, 3);
  expect(await sealer(few).round()).toBe(3);
  for (const table of ['audit', 'audit_seals']) {
    await expect(few(table).delete()).rejects.toThrow(/denied/);
    await expect(few(table).update({ hash: 'x' })).rejects.toThrow(/denied/);
  }
  expect(await changeable(few)).toEqual([]);
  expect(await verify(few)).toMatchObject({ head: { seq: 3 }, bad: null });
  await few.destroy();
});
