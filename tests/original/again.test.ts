import { beforeAll, describe, expect, test } from 'vitest';
import { Vault } from '../../src/auth/vault.ts';
import type { Findings } from '../../src/original/finding.ts';
import { importOriginal } from '../../src/original/import.ts';
import { readOriginal } from '../../src/original/read.ts';
import type { Db } from '../../src/store/database.ts';
import * as grants from '../../src/store/grants.ts';
import * as groups from '../../src/store/groups.ts';
import * as users from '../../src/store/users.ts';
import { eachDatabase, freshDatabase, mariadbOfFile } from '../lab/database.ts';
import { fillShop, oldProject, oldSettings, sayTo } from '../lab/original-shop.ts';

const vault = new Vault(Buffer.alloc(32, 7));
const kept = [
  ...['users', 'project_groups', 'grants', 'environments', 'projects', 'hosts', 'placements'],
  ...['operations', 'operation_hosts', 'tickets', 'ticket_parts', 'ticket_events', 'imported'],
];

/** Every row of every table that an import writes to, but for the audit trail. */
async function everything(db: Db): Promise<string> {
  return JSON.stringify(await Promise.all(kept.map((table) => db(table).orderBy(1))));
}

const numbers = (found: Findings) =>
  Object.fromEntries(
    found.counts().map(({ thing, taken, there, partly, left }) => [thing, [taken, there, partly, left]]),
  );

eachDatabase((kind) => {
  describe(`an original into ${kind}`, () => {
    let db: Db;
    let address: string;
    const take = async (apply: boolean) =>
      importOriginal(db, vault, await readOriginal(address), oldSettings, apply);

    beforeAll(async () => {
      address = await (await mariadbOfFile()).createDatabase();
      await fillShop(address);
      ({ db } = await freshDatabase(kind));
    });

    test('dry, taken, again, and again with what is new: nothing twice, nothing undone here', async () => {
      const empty = await everything(db);
      const dry = numbers(await take(false));
      expect(await everything(db)).toBe(empty);
      expect(await db('audit')).toEqual([]);

      const first = await take(true);
      expect(numbers(first)).toEqual(dry);
      expect(dry).toEqual({
        ...{ environment: [1, 0, 0, 0], group: [1, 0, 0, 0], user: [2, 0, 0, 0], grant: [1, 0, 0, 0] },
        ...{ project: [1, 0, 0, 0], host: [1, 0, 0, 0], placement: [1, 0, 0, 0] },
        ...{ ticket: [0, 0, 1, 0], operation: [1, 0, 0, 1] },
      });
      const taken = await everything(db);
      const second = await take(true);
      expect(await everything(db)).toBe(taken);
      expect(second.all.filter(({ outcome }) => outcome === 'taken' || outcome === 'partly')).toEqual([]);

      await sayTo(address, 'INSERT INTO projectinfo SET ?', [oldProject('till', { port: 4100 })]);
      await sayTo(address, "UPDATE updateoperation SET status = 'ok' WHERE status = 'wait'");
      await sayTo(
        address,
        "UPDATE workorder SET status = 'done', completiontime = '1542028000', executor = 'admin'",
      );
      await sayTo(address, "UPDATE userservicegroup SET permissions = 'config'");
      const third = await take(true);
      expect(
        third.all.filter(({ outcome }) => outcome === 'taken').map(({ thing, name }) => `${thing} ${name}`),
      ).toEqual(['project online_till', 'operation 1542027999 online_shop']);
      expect(third.all.find(({ thing }) => thing === 'ticket')?.why).toBe(
        'it was closed there meanwhile: close it here',
      );
    });

    test('what was changed or taken back here stays so', async () => {
      await take(true);
      const [li] = (await users.all(db)).filter(({ username }) => username === 'li');
      const [web] = await groups.all(db);
      await groups.change(db, web!.id, { name: 'shop', notes: null });
      await grants.take(db, li!.id, web!.id);
      await db('placements').delete();
      await db('hosts').update({ address: '10.9.9.9' });
      await take(true);
      expect((await groups.all(db)).map(({ name }) => name)).toEqual(['shop']);
      expect(await grants.ofUser(db, li!.id)).toEqual([]);
      expect(await db('placements')).toEqual([]);
      expect(await db('hosts').pluck('address')).toEqual(['10.9.9.9']);
    });
  });
});
