import { ulid } from 'ulid';
import { describe, expect, test } from 'vitest';
import * as grants from '../../src/store/grants.ts';
import * as groups from '../../src/store/groups.ts';
import * as links from '../../src/store/links.ts';
import * as sessions from '../../src/store/sessions.ts';
import { isDuplicate } from '../../src/store/transaction.ts';
import * as users from '../../src/store/users.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { town } from '../web/people.ts';

const ann = (id = ulid()) => ({
  id,
  username: 'ann',
  displayName: 'Ann 安',
  passwordHash: 'x',
  role: 'user' as const,
});

eachDatabase((kind) =>
  describe(kind, () => {
    test('an account is found, chosen for, disabled', async () => {
      const { db } = await freshDatabase(kind);
      const user = ann();
      await users.add(db, user);
      await expect(users.add(db, ann())).rejects.toSatisfy(isDuplicate);
      await users.choose(db, user.id, { language: 'zh-CN', timeZone: null });
      expect(await users.person(db, user.id)).toEqual({
        id: user.id,
        username: 'ann',
        displayName: 'Ann 安',
        role: 'user',
        language: 'zh-CN',
        theme: null,
        timeZone: null,
        grants: [],
      });
      expect(await users.credentials(db, 'Ann')).toBeNull();
      await users.setDisabled(db, user.id, 5);
      expect(await users.person(db, user.id)).toBeNull();
      expect(await users.credentials(db, 'ann')).toBeNull();
      expect((await users.byId(db, user.id))?.disabledAt).toBe(5);
    });

    test('admins who may come in are counted', async () => {
      const { db } = await freshDatabase(kind);
      expect(await users.activeAdmins(db)).toBe(0);
      const user = ann();
      await users.add(db, { ...user, role: 'admin' });
      expect(await users.activeAdmins(db)).toBe(1);
      await users.setDisabled(db, user.id, 1);
      expect(await users.activeAdmins(db)).toBe(0);
    });

    test('a grant is given, changed and taken; a group goes with its grants', async () => {
      const { db } = await freshDatabase(kind);
      const user = ann();
      const group = { id: ulid(), name: 'shop', notes: null };
      await users.add(db, user);
      await groups.add(db, group);
      await grants.give(db, user.id, { groupId: group.id, config: true, deploy: false });
      await grants.give(db, user.id, { groupId: group.id, config: false, deploy: true });
      expect(await grants.ofUser(db, user.id)).toEqual([{ groupId: group.id, config: false, deploy: true }]);
      expect(await groups.all(db)).toMatchObject([{ name: 'shop', members: 1, projects: 0 }]);
      expect(await groups.all(db, [])).toEqual([]);
      expect((await grants.byUser(db)).get(user.id)).toHaveLength(1);
      await groups.remove(db, group.id);
      expect(await grants.ofUser(db, user.id)).toEqual([]);
    });

    test('a link is used once, however many try', async () => {
      const { db } = await freshDatabase(kind);
      const token = await links.make(db, 'setup');
      expect(await links.isOpen(db, 'setup', token)).toBe(true);
      expect(await links.isOpen(db, 'setup', `${token}x`)).toBe(false);
      const used = await Promise.all(Array.from({ length: 5 }, () => links.use(db, 'setup', token)));
      expect(used.filter(Boolean)).toHaveLength(1);
      expect(await links.isOpen(db, 'setup', token)).toBe(false);
    });

    test('sessions live in the database and end there', async () => {
      const { settings } = await freshDatabase(kind);
      const t = await town({ DATABASE_URL: settings.databaseUrl });
      const rows = await t.db('sessions').where('sess', 'like', '%passport%');
      expect(rows).toHaveLength(3);
      const { id } = await t.db('users').where({ username: 'member' }).first('id');
      const own = rows.find((row) => row.sess.includes(id)).sid;
      expect(await sessions.isAlive(t.db, own)).toBe(true);
      await sessions.endAllOf(t.db, id, own);
      expect((await t.member.get('/profile')).status).toBe(200);
      await sessions.endAllOf(t.db, id);
      expect(await sessions.isAlive(t.db, own)).toBe(false);
      expect((await t.member.get('/profile')).status).toBe(303);
      expect((await t.admin.get('/profile')).status).toBe(200);
      await t.end();
    });
  }),
);
