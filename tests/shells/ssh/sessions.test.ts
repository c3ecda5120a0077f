import { expect, test } from 'vitest';
import { Sessions } from '../../../src/shells/ssh/sessions.ts';

const never = new AbortController().signal;

test('eight at once', async () => {
  const sessions = new Sessions();
  for (let at = 0; at < 8; at += 1) await sessions.take(never);
  await expect(sessions.take(AbortSignal.timeout(20))).rejects.toThrow();
});

test('a refusal lowers the number, successes raise it again', async () => {
  const sessions = new Sessions();
  const releases = [await sessions.take(never), await sessions.take(never)];
  expect(sessions.refused()).toBe(true);
  releases[1]?.();
  await expect(sessions.take(AbortSignal.timeout(20))).rejects.toThrow();
  for (let at = 0; at < 20; at += 1) sessions.opened();
  await sessions.take(never);
  await expect(sessions.take(AbortSignal.timeout(20))).rejects.toThrow();
});

test('a first session that is refused is the end, a later one is asked for a few times more', async () => {
  const sessions = new Sessions();
  await sessions.take(never);
  expect(sessions.refused()).toBe(false);
  sessions.opened();
  const answers = Array.from({ length: 6 }, () => sessions.refused());
  expect(answers).toEqual([true, true, true, true, true, false]);
});
