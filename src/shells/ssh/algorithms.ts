import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';

const hostKeyAlgorithms: Record<string, ServerHostKeyAlgorithm[]> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/**
 * What we accept, best first: no SHA-1, no group1, no group exchange (1.6 s in ssh2), and nothing that
 * Terrapin (CVE-2023-48795) works on even without strict key exchange: no chacha20, no CBC, no etm.
 * @param hostKey the pinned key: only its own algorithms are offered, or the server may choose to show
 * another of its keys. Without: any of them.
 */
export function algorithmsFor(hostKey?: string): Algorithms {
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group14-sha256',
    ],
    serverHostKey: hostKey ? hostKeyAlgorithms[keyType(hostKey)] : Object.values(hostKeyAlgorithms).flat(),
    cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
    hmac: ['hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  };
}

/** The type that a key in wire form (base64) names, such as `ssh-ed25519`; '' when it names none. */
export function keyType(hostKey: string): string {
  const wire = Buffer.from(hostKey, 'base64');
  return wire.length < 4 ? '' : wire.subarray(4, 4 + wire.readUInt32BE(0)).toString('latin1');
}

/** True for a key in wire form that a host could be pinned to. */
export function isHostKey(hostKey: string): boolean {
  return Object.hasOwn(hostKeyAlgorithms, keyType(hostKey));
}
