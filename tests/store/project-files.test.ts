import { beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as projectFiles from '../../src/store/project-files.ts';
import { writing } from '../../src/store/transaction.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { addProject, ground } from './inventory.ts';

eachDatabase((kind) =>
  describe(kind, () => {
    let db: Db;
    let groupId: string;
    beforeEach(async () => {
      ({ db } = await freshDatabase(kind));
      ({ groupId } = await ground(db));
    });

    const put = (projectId: string, path: string, sealed: string, secret = false) =>
      writing(db, (trx) =>
        projectFiles.put(
          trx,
          projectId,
          { path, placed: 'after-build', source: 'text', secret, fill: false, changedBy: 'amy' },
          { sealed },
        ),
      );

    test('a text goes with its file, a copy has its own, and secret ones stay behind', async () => {
      const shop = await addProject(db, groupId, { name: 'shop', environment: 'online' });
      const other = await addProject(db, groupId, { name: 'other', environment: 'online' });
      await put(shop.id, 'a', 'sealed a1');
      await put(shop.id, 'a', 'sealed a2');
      await put(shop.id, 'b', 'sealed b', true);
      expect((await db('file_texts').select('sealed')).map((row) => row.sealed).sort()).toEqual([
        'sealed a2',
        'sealed b',
      ]);
      await writing(db, (trx) => projectFiles.copy(trx, shop.id, other.id, 'ben'));
      const [copied, ...more] = await projectFiles.ofProject(db, other.id);
      expect(more).toEqual([]);
      expect(copied).toMatchObject({ path: 'a', changedBy: 'ben', secret: false, fill: false });
      await writing(db, (trx) => projectFiles.remove(trx, shop.id, 'a'));
      expect((await projectFiles.texts(db, [copied!.textId])).get(copied!.textId)).toBe('sealed a2');
      expect((await projectFiles.ofProject(db, shop.id)).map((file) => file.path)).toEqual(['b']);
    });

    test('an environment keeps its variables whatever else of it is changed', async () => {
      const env = [{ name: 'A', value: 'sealed', secret: true }];
      await writing(db, (trx) => environments.setVariables(trx, 'online', () => env));
      await environments.update(db, 'online', { production: true, position: 7, settings: {} });
      expect(await environments.byName(db, 'online')).toMatchObject({ position: 7, env });
    });
  }),
);
