import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from '../../src/store/database.ts';
import { writing } from '../../src/store/transaction.ts';
import { type FreshDatabase, freshDatabase } from '../lab/database.ts';

let fresh: FreshDatabase;
let one: Db;
let other: Db;

beforeEach(async () => {
  fresh = await freshDatabase('sqlite');
  one = fresh.db;
  other = openDatabase(fresh.settings);
});
afterEach(() => other.destroy());

const add = (db: Db, name: string) => db('facts').insert({ name, value: '1' });

/** Runs `work` while another process, as it were, holds the write lock. */
async function whileLocked(work: () => Promise<unknown>): Promise<void> {
  const holder = await one.transaction();
  await add(holder as unknown as Db, `held ${Math.random()}`);
  try {
    await work();
  } finally {
    await holder.commit();
  }
}

describe('a connection of the embedded database that met SQLITE_BUSY', () => {
  it.each([
    ['at the begin of a transaction', () => other.transaction(async (trx) => add(trx, 'late'))],
    ['at a single write', () => add(other, 'late')],
    ['at a write that returns rows', () => add(other, 'late').returning('name')],
  ])('%s goes on working and holds no lock', async (_, attempt) => {
    await whileLocked(() => expect(attempt()).rejects.toMatchObject({ code: 'SQLITE_BUSY' }));
    await writing(other, (trx) => add(trx, 'second'));
    await writing(one, (trx) => add(trx, 'third'));
    const names = (await other('facts').select('name')).map((row) => row.name);
    expect(names).toEqual(expect.arrayContaining(['second', 'third']));
    expect(names).not.toContain('late');
  });

  it('does not stay in a transaction that could not be committed', async () => {
    await other.raw('CREATE TABLE child (name TEXT REFERENCES parent(name) DEFERRABLE INITIALLY DEFERRED)');
    await other.raw('CREATE TABLE parent (name TEXT PRIMARY KEY)');
    const orphan = writing(other, (trx) => trx('child').insert({ name: 'nobody' }));
    await expect(orphan).rejects.toThrow('FOREIGN KEY');
    await writing(one, (trx) => add(trx, 'after'));
    await writing(other, (trx) => add(trx, 'after all'));
    expect(await other('child').select()).toEqual([]);
  });

  it('takes a single write back when it fails', async () => {
    await add(other, 'twice');
    await expect(add(other, 'twice')).rejects.toThrow('UNIQUE');
    await writing(one, (trx) => add(trx, 'after'));
    expect(await other('facts').where({ name: 'twice' })).toHaveLength(1);
  });
});

it('two processes that write at once lose nothing', async () => {
  await one('facts').insert({ name: 'sum', value: '0' });
  const increment = (db: Db) =>
    writing(db, async (trx) => {
      const { value } = await trx('facts').where({ name: 'sum' }).first();
      await trx('facts')
        .where({ name: 'sum' })
        .update({ value: String(Number(value) + 1) });
    });
  await Promise.all(Array.from({ length: 6 }, (_, index) => increment(index % 2 ? one : other)));
  expect(await one('facts').where({ name: 'sum' }).first()).toMatchObject({ value: '6' });
});
