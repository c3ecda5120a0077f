import { expect, test } from 'vitest';
import { hashPassword, passwordMatches, passwordProblem } from '../../src/auth/password.ts';

test('[S10] a hash is argon2id with parameters of at least OWASP, and salted', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await hashPassword('correct horse battery')).not.toBe(hash);
});

test('the right password matches, another one and a missing account do not', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(await passwordMatches(hash, 'correct horse battery')).toBe(true);
  expect(await passwordMatches(hash, 'correct horse batterx')).toBe(false);
  expect(await passwordMatches(null, 'nobody has this password')).toBe(false);
});

test('[S9] a missing account takes as long as a wrong password', async () => {
  const hash = await hashPassword('correct horse battery');
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < 200; i++)
    for (const [index, stored] of [hash, null].entries()) {
      const began = performance.now();
      await passwordMatches(stored, 'wrong');
      times[index]?.push(performance.now() - began);
    }
  const [known, unknown] = times.map((all) => all.sort((a, b) => a - b)[100] ?? 0) as [number, number];
  expect(unknown / known).toBeGreaterThan(0.9);
  expect(unknown / known).toBeLessThan(1.1);
});

test.each([
  ['short', 'password_short'],
  ['aaaaaaaaaaaaaaaaaaaa', 'password_weak'],
  ['member-member-1', 'password_weak'],
  ['x'.repeat(201), 'too_long'],
  ['correct horse battery', null],
])('%s as a new password: %s', (password, problem) => {
  expect(passwordProblem(password, 'member')).toBe(problem);
});
