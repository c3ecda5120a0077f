import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { Vault } from '../../src/auth/vault.ts';

const secret = 'canary-of-the-vault';

it('[S67] [S73] a vault opens nothing that was changed, nor what another key sealed', () => {
  const [one, other] = [randomBytes(32), randomBytes(32)];
  const sealed = new Vault(one).seal(secret);
  expect(sealed).not.toContain(Buffer.from(secret).toString('base64url').slice(0, 12));
  expect(new Vault(other, [one]).open(sealed)).toBe(secret);
  expect(() => new Vault(other).open(sealed)).toThrow('vault_open');
  const body = sealed.lastIndexOf('.') + 1;
  for (let at = body; at < sealed.length - 1; at++) {
    const wrong = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
    expect(() => new Vault(one).open(wrong), wrong).toThrow('vault_open');
  }
});
