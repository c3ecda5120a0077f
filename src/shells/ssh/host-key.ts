import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import { algorithmsFor, keyType } from './algorithms.ts';
import { fingerprintOf } from './keys.ts';
import { openSocket } from './socket.ts';
import { type Named, SshError } from './ssh-error.ts';

export type HostKey = {
  /** Wire form, base64: what a target is pinned to. */
  key: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string;
  /** Such as `ssh-ed25519`. */
  algorithm: string;
};

/**
 * The key that a server shows, for a person to compare before it is pinned. Authenticates nothing.
 * @param weak old algorithms are accepted too
 * @throws SshError unreachable, refused, algorithms or deadline.
 */
export async function scanHostKey(
  address: string,
  port: number,
  deadlineMs: number,
  weak = false,
): Promise<HostKey> {
  const host = { name: address, address, port };
  const socket = await openSocket(host, deadlineMs);
  try {
    const wire = await shownKey(socket, { ...host, weak }, deadlineMs);
    const key = wire.toString('base64');
    return { key, fingerprint: fingerprintOf(wire), algorithm: keyType(key) };
  } finally {
    socket.destroy();
  }
}

function shownKey(socket: Socket, host: Named & { weak: boolean }, deadlineMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const late = () => reject(new SshError('deadline', host, new Error(`no key within ${deadlineMs} ms`)));
    const timer = setTimeout(late, deadlineMs);
    client.on('error', (error) => {
      const kind = /no matching/.test(error.message) ? 'algorithms' : 'refused';
      reject(new SshError(kind, host, error));
    });
    client.on('close', () => {
      clearTimeout(timer);
      reject(new SshError('refused', host, new Error('connection closed')));
    });
    client.connect({
      sock: socket,
      username: 'nobody',
      authHandler: [],
      algorithms: algorithmsFor(undefined, host.weak),
      readyTimeout: 0,
      hostVerifier: (key: Buffer) => {
        resolve(Buffer.from(key));
        return false;
      },
    });
  });
}
