import { beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../../src/store/database.ts';
import * as questions from '../../src/store/questions.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';

eachDatabase((kind) =>
  describe(kind, () => {
    let db: Db;

    beforeEach(async () => {
      ({ db } = await freshDatabase(kind));
    });

    const asked = (gitUrl: string, more = {}): questions.Asked => ({
      kind: 'refs',
      args: { gitUrl },
      askedBy: null,
      deadlineMs: 60_000,
      ...more,
    });

    test('a question waits, is claimed by one worker, and carries its answer', async () => {
      const id = await questions.ask(db, asked('a'));
      expect(await questions.byId(db, id)).toMatchObject({ state: 'waiting', args: { gitUrl: 'a' } });
      const [first, second] = [await questions.claim(db, 'w1', 5), await questions.claim(db, 'w2', 5)];
      expect([first.map((question) => question.id), second]).toEqual([[id], []]);
      await questions.answer(db, id, { branches: [] });
      expect(await questions.byId(db, id)).toMatchObject({ state: 'answered', answer: { branches: [] } });
      await questions.fail(db, id, { code: 'late', detail: {} });
      expect(await questions.byId(db, id)).toMatchObject({ state: 'answered' });
    });

    test('workers take the oldest questions first, no more than they have slots', async () => {
      for (const gitUrl of ['a', 'b', 'c']) await questions.ask(db, asked(gitUrl));
      const taken = await questions.claim(db, 'w1', 2);
      expect(taken.map((question) => question.args.gitUrl)).toEqual(['a', 'b']);
    });

    test('the same question is asked once while its answer is fresh', async () => {
      const cached = asked('a', { args: { gitUrl: 'a', to: 'b' }, cacheMs: 60_000 });
      const turned = asked('a', { args: { to: 'b', gitUrl: 'a' }, cacheMs: 60_000 });
      const id = await questions.ask(db, cached);
      expect(await questions.ask(db, turned)).toBe(id);
      await questions.claim(db, 'w1', 1);
      await questions.answer(db, id, {});
      expect(await questions.ask(db, turned)).toBe(id);
      expect(await questions.ask(db, { ...cached, cacheMs: 0 })).not.toBe(id);
      expect(await questions.ask(db, asked('other', { cacheMs: 60_000 }))).not.toBe(id);
    });

    test('a failed answer is never taken from the cache', async () => {
      const id = await questions.ask(db, asked('a', { cacheMs: 60_000 }));
      await questions.claim(db, 'w1', 1);
      await questions.fail(db, id, { code: 'ssh_unreachable', detail: { host: 'one' } });
      expect(await questions.byId(db, id)).toMatchObject({
        state: 'failed',
        answer: { code: 'ssh_unreachable' },
      });
      expect(await questions.ask(db, asked('a', { cacheMs: 60_000 }))).not.toBe(id);
    });

    test('past its deadline a question reads as failed and nobody claims it', async () => {
      const id = await questions.ask(db, asked('a', { deadlineMs: -1000 }));
      expect(await questions.byId(db, id)).toMatchObject({
        state: 'failed',
        answer: { code: 'question_expired' },
      });
      expect(await questions.claim(db, 'w1', 5)).toEqual([]);
      await questions.expire(db);
      const row = await db('questions').where({ id }).first();
      expect(row.state).toBe('failed');
    });

    test('questions of yesterday are forgotten', async () => {
      const id = await questions.ask(db, asked('a'));
      await db('questions')
        .where({ id })
        .update({ asked_at: Date.now() - 90_000_000 });
      await questions.expire(db);
      expect(await questions.byId(db, id)).toBeNull();
    });
  }),
);
