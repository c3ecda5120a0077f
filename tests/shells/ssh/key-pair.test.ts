import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { expect, test } from 'vitest';
import { isSound, type KeyPair, makeKeyPair } from '../../../src/shells/ssh/key-pair.ts';

test('a malformed pair, which ssh2 sometimes makes and OpenSSH cannot read, is noticed', async () => {
  const malformed = firstMalformed();
  // should ssh2 stop making them, the check has nothing left to do
  if (malformed) expect(await readByOpenSsh(malformed)).toBe(false);
  const good = makeKeyPair('good');
  expect([isSound(good), await readByOpenSsh(good)]).toEqual([true, true]);
});

test('halves of two pairs are not a pair', () => {
  expect(isSound({ private: makeKeyPair('a').private, public: makeKeyPair('b').public })).toBe(false);
  expect(isSound({ private: 'nonsense', public: makeKeyPair('b').public })).toBe(false);
});

function firstMalformed(): KeyPair | null {
  for (let at = 0; at < 3000; at += 1) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!isSound(pair)) return pair;
  }
  return null;
}

async function readByOpenSsh(pair: KeyPair): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), 'cedar-pair-'));
  await writeFile(join(dir, 'key'), pair.private, { mode: 0o600 });
  try {
    const line = execFileSync('ssh-keygen', ['-y', '-f', join(dir, 'key')], { stdio: 'pipe' }).toString();
    return line.split(' ')[1]?.trim() === pair.public.split(' ')[1];
  } catch (error) {
    expect(String(error)).toMatch(/libcrypto|invalid format|incorrect|Load key/);
    return false;
  } finally {
    await rm(dir, { recursive: true });
  }
}
