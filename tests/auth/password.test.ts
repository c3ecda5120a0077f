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

/** Work counts, not the clock: what else this machine does at the time changes the one little and the other much. */
test('[S9] a missing account takes as much work as a wrong password', async () => {
  const hash = await hashPassword('correct horse battery');
  const work: [number[], number[]] = [[], []];
  for (let i = 0; i < 200; i++)
    for (const [index, stored] of (i % 2 ? [hash, null] : [null, hash]).entries()) {
      const before = process.cpuUsage();
      await passwordMatches(stored, 'wrong');
      const { user, system } = process.cpuUsage(before);
      work[i % 2 ? index : 1 - index]?.push(user + system);
    }
  const [known, unknown] = work.map((all) => all.sort((a, b) => a - b)[100] ?? 0) as [number, number];
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
