import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { eachDatabase, freshDatabase } from './database.ts';

eachDatabase((kind) =>
  describe(kind, () => {
    test('two fresh databases share nothing', async () => {
      const [one, two] = [await freshDatabase(kind), await freshDatabase(kind)];
      await one.db('facts').insert({ name: 'colour', value: 'green' });
      expect(await one.db('facts').select('value')).toEqual([{ value: 'green' }]);
      expect(await two.db('facts').select('value')).toEqual([]);
    });

    test('a second connection sees what the first has written', async () => {
      const { db, settings } = await freshDatabase(kind);
      await db('facts').insert({ name: 'colour', value: '\u{1f332}' });
      const other = openDatabase(settings);
      expect(await other('facts').where('name', 'colour').first()).toEqual({
        name: 'colour',
        value: '\u{1f332}',
      });
      await other.destroy();
    });
  }),
);
