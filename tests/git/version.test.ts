import { expect, it } from 'vitest';
import { isRecentGit, requireGit } from '../../src/git/version.ts';

it.each([
  ['git version 2.39.5\n', true],
  ['git version 2.32.0', true],
  ['git version 3.0.0', true],
  ['git version 2.31.9', false],
  ['git version 1.99.0', false],
  ['nonsense', false],
  ['', false],
])('judges %j as %s', (printed, recent) => {
  expect(isRecentGit(printed)).toBe(recent);
});

it('[S41] accepts the git of this machine, and asks for one where there is none', async () => {
  await requireGit();
  const path = process.env.PATH;
  process.env.PATH = '/nonexistent';
  const refusal = expect(requireGit()).rejects.toMatchObject({ code: 'local_missing' });
  process.env.PATH = path;
  await refusal;
});
