import { afterAll, beforeAll, expect, test } from 'vitest';
import * as workers from '../../src/store/workers.ts';
import { Attendance } from '../../src/web/attendance.ts';
import { type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

const told = async (path = '/groups') =>
  [...(await t.member.get(path)).text.matchAll(/data-absent="(\w+)"/g)].map(([, program]) => program);
const anew = (graceMs = 0) => {
  t.app.locals.attendance = new Attendance(t.db, graceMs);
};

test('each page tells people, politely, which programs nobody has heard of', async () => {
  anew();
  const { text } = await t.member.get('/groups');
  expect(text).toMatch(/<div role="status">\s*<div class="alert alert-warning" data-absent="worker">/);
  expect(text).toContain('npm run worker');
  expect(await told('/profile')).toEqual(['worker', 'health']);
  await t.member.post('/language', { language: 'zh-CN' });
  expect(await told()).toEqual(['worker', 'health']);
  expect((await t.nobody.get('/sign-in')).text).not.toContain('data-absent');
});

test('one that beats is there, one that was silent for long is not', async () => {
  const worker = { id: '01ARZ3NDEKTSV4RRFFQ69G5FA1', kind: 'worker', machine: 'm1', pid: 1 } as const;
  const health = { id: '01ARZ3NDEKTSV4RRFFQ69G5FA2', kind: 'health', machine: 'm1', pid: 2 } as const;
  for (const one of [worker, health]) await workers.register(t.db, one);
  anew();
  expect(await told()).toEqual([]);
  await t.db('workers').where({ id: health.id }).decrement('heartbeat_at', 100_000);
  anew();
  expect(await told()).toEqual(['health']);
});

test('while all have just been started, and when it was asked a moment ago, the database is left alone', async () => {
  await t.db('workers').delete();
  anew(60_000);
  expect(await told()).toEqual([]);
  anew();
  await told();
  const asked: string[] = [];
  t.db.on('query', ({ sql }: { sql: string }) => asked.push(sql));
  await Promise.all([told(), told()]);
  expect(asked.filter((sql) => sql.includes('workers'))).toEqual([]);
});
