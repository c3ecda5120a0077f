import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/*
 * What we accept, best first: no SHA-1, no group1, no group exchange (1.6 s in ssh2), and nothing that
 * Terrapin (CVE-2023-48795) works on even without strict key exchange: no chacha20, no CBC, no etm.
 */
const hostKeyAlgorithms: Record<string, ServerHostKeyAlgorithm[]> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};
const kex: KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
];
const cipher: CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];
const hmac: MacAlgorithm[] = ['hmac-sha2-256', 'hmac-sha2-512'];

/* What is accepted besides, from a server for which somebody made an exception. */
const oldKex: KexAlgorithm[] = [
  // before group exchange, which keeps this process busy for seconds
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group1-sha1',
];
const oldCipher: CipherAlgorithm[] = [
  'chacha20-poly1305@openssh.com',
  'aes128-cbc',
  'aes192-cbc',
  'aes256-cbc',
];
const oldHmac: MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'hmac-sha1',
];

/**
 * What is offered to a server.
 * @param hostKey the pinned key: only its own algorithms are offered, or the server may choose to show
 * another of its keys. Without: any of them.
 * @param weak by an exception for this one server: old algorithms too, each behind all strong ones.
 */
export function algorithmsFor(hostKey?: string, weak = false): Algorithms {
  const types = hostKey ? [keyType(hostKey)] : Object.keys(hostKeyAlgorithms);
  const serverHostKey = types.flatMap((type) => hostKeyAlgorithms[type] ?? []);
  const strong = { serverHostKey, kex, cipher, hmac, compress: ['none'] } satisfies Algorithms;
  if (!weak) return strong;
  return {
    ...strong,
    kex: [...kex, ...oldKex],
    serverHostKey: types.includes('ssh-rsa') ? [...serverHostKey, 'ssh-rsa'] : serverHostKey,
    cipher: [...cipher, ...oldCipher],
    hmac: [...hmac, ...oldHmac],
  };
}

/** The type that a key in wire form (base64) names, such as `ssh-ed25519`, cut at 64 characters; '' when none. */
export function keyType(hostKey: string): string {
  const wire = Buffer.from(hostKey, 'base64');
  return wire.length < 4 ? '' : wire.subarray(4, 4 + Math.min(wire.readUInt32BE(0), 64)).toString('latin1');
}

/** True for a key in wire form that a host could be pinned to. */
export function isHostKey(hostKey: string): boolean {
  return Object.hasOwn(hostKeyAlgorithms, keyType(hostKey));
}
