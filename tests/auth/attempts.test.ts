import { expect, test } from 'vitest';
import { Attempts } from '../../src/auth/attempts.ts';

const limits = { perAccount: 3, accountSeconds: 300, perAddress: 5, addressSeconds: 60 };

test('[S8] too many attempts for one account wait, from whatever address', async () => {
  const attempts = new Attempts(limits);
  for (let i = 0; i < 3; i++) expect(await attempts.begin('ann', `10.0.0.${i}`, false)).toBe(0);
  const wait = await attempts.begin('ANN', '10.0.0.9', false);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(300);
  expect(await attempts.begin('bob', '10.0.0.9', false)).toBe(0);
});

test('[S8] too many accounts from one address wait (spraying)', async () => {
  const attempts = new Attempts(limits);
  for (let i = 0; i < 5; i++) expect(await attempts.begin(`user${i}`, '10.0.0.1', false)).toBe(0);
  expect(await attempts.begin('user6', '10.0.0.1', false)).toBeGreaterThan(0);
  expect(await attempts.begin('user6', '10.0.0.2', false)).toBe(0);
});

test('[S8] a success forgets the failures before it; the machine itself has its own count', async () => {
  const attempts = new Attempts(limits);
  for (let i = 0; i < 3; i++) await attempts.begin('ann', '10.0.0.1', false);
  expect(await attempts.begin('ann', '127.0.0.1', true)).toBe(0);
  await attempts.succeeded('ann', false);
  expect(await attempts.begin('ann', '10.0.0.2', false)).toBe(0);
});
