import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import { CedarError } from '../../src/errors.ts';
import * as admins from '../../src/store/admins.ts';
import * as grants from '../../src/store/grants.ts';
import * as groups from '../../src/store/groups.ts';
import { writing } from '../../src/store/transaction.ts';
import * as users from '../../src/store/users.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';

eachDatabase((kind) =>
  describe(kind, () => {
    test('of two admins who demote or disable each other at once, one stays', async () => {
      const { db } = await freshDatabase(kind);
      const ids = [ulid(), ulid()];
      for (const [index, id] of ids.entries())
        await users.add(db, {
          ...{ id, username: `admin${index}`, displayName: '', passwordHash: 'x', role: 'admin' },
        });
      const takeFrom = (id: string, how: 'role' | 'account') =>
        writing(db, async (trx) => {
          if (await admins.isLast(trx, id)) throw new CedarError('last_admin');
          if (how === 'role') await users.setRole(trx, id, 'user');
          else await users.setDisabled(trx, id, 1);
        });
      for (let round = 0; round < 8; round++) {
        const ends = await Promise.allSettled([takeFrom(ids[0]!, 'role'), takeFrom(ids[1]!, 'account')]);
        expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await users.activeAdmins(db)).toBe(1);
        await db('users').update({ role: 'admin', disabled_at: null });
      }
    });

    test('a grant that has ended counts nowhere', async () => {
      const { db } = await freshDatabase(kind);
      const [userId, groupId] = [ulid(), ulid()];
      await users.add(db, {
        ...{ id: userId, username: 'ann', displayName: '', passwordHash: 'x', role: 'user' },
      });
      await groups.add(db, { id: groupId, name: 'shop', notes: null });
      const until = Date.now() + 60_000;
      await grants.give(db, userId, { groupId, config: true, deploy: true, until });
      expect((await users.person(db, userId))?.grants).toEqual([
        { groupId, config: true, deploy: true, until },
      ]);
      await grants.give(db, userId, { groupId, config: true, deploy: true, until: Date.now() - 1 });
      expect((await users.person(db, userId))?.grants).toEqual([]);
      expect(await grants.ofGroup(db, groupId)).toEqual([]);
      expect((await grants.byUser(db)).size).toBe(0);
      expect(await groups.all(db)).toMatchObject([{ members: 0 }]);
    });
  }),
);
