import ssh2 from 'ssh2';

/** Both halves as OpenSSH writes them: the private file, and the line `<type> <base64> <comment>`. */
export type KeyPair = { private: string; public: string };

/**
 * A new ed25519 key. About one in 150 that ssh2 1.17 makes is malformed (a half that begins with a zero byte
 * loses it), which sshd and ssh2 itself then cannot read: such a one is thrown away.
 */
export function makeKeyPair(comment: string): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (isSound(pair)) return pair;
  }
}

/** True where both halves can be read and one verifies what the other signs. */
export function isSound(pair: KeyPair): boolean {
  const secret = ssh2.utils.parseKey(pair.private);
  const open = ssh2.utils.parseKey(pair.public);
  if (secret instanceof Error || open instanceof Error) return false;
  const text = Buffer.from('cedar');
  const signature: unknown = secret.sign(text);
  return Buffer.isBuffer(signature) && open.verify(text, signature) === true;
}
