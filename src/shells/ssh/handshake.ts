import type { Socket } from 'node:net';
import ssh2, { type Client } from 'ssh2';
import { algorithmsFor, isHostKey } from './algorithms.ts';
import { fingerprintOf } from './keys.ts';
import { SshError, type SshErrorKind } from './ssh-error.ts';
import type { Target } from './target.ts';

export type HandshakeOptions = {
  privateKey: string;
  deadlineMs: number;
  /** Pause between two signs of life asked of the far end. */
  keepaliveMs: number;
};

/**
 * Agrees on keys over an open socket, checks the pinned host key, and only then authenticates.
 * @throws SshError refused, host-key, algorithms, auth, deadline or lost; the socket is gone then.
 */
export function handshake(socket: Socket, target: Target, options: HandshakeOptions): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const progress: Progress = { agreed: false, otherKey: null };
    const fail = (kind: SshErrorKind, cause: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new SshError(kind, target, cause));
    };
    const late = () => fail('deadline', new Error(`no ssh within ${options.deadlineMs} ms`));
    const timer = setTimeout(late, options.deadlineMs);
    if (!isHostKey(target.hostKey)) return fail('host-key', new Error('no host key is pinned'));
    if (socket.destroyed) return fail('refused', new Error('connection closed'));

    client.on('handshake', () => {
      progress.agreed = true;
    });
    client.on('error', (error: LeveledError) => {
      const { otherKey } = progress;
      fail(kindOf(error, progress), otherKey ? new Error(otherThan(target.hostKey, otherKey)) : error);
    });
    client.on('close', () => fail(progress.agreed ? 'lost' : 'refused', new Error('connection closed')));
    client.once('ready', () => {
      clearTimeout(timer);
      resolve(client);
    });
    client.connect({
      sock: socket,
      username: target.user,
      privateKey: options.privateKey,
      authHandler: ['publickey'],
      algorithms: algorithmsFor(target.hostKey, target.weak),
      hostVerifier: (key: Buffer) => {
        if (key.toString('base64') === target.hostKey) return true;
        progress.otherKey = Buffer.from(key);
        return false;
      },
      readyTimeout: 0,
      keepaliveInterval: options.keepaliveMs,
      // Connection watches for silence itself: a ping behind a long upload is late, not lost.
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    });
  });
}

type LeveledError = Error & { level?: string };
/** `otherKey`: what the server showed in place of the pinned one. */
type Progress = { agreed: boolean; otherKey: Buffer | null };

function kindOf(error: LeveledError, progress: Progress): SshErrorKind {
  if (progress.otherKey || /no matching host key/.test(error.message)) return 'host-key';
  if (/no matching/.test(error.message)) return 'algorithms';
  if (error.level === 'client-authentication') return 'auth';
  return progress.agreed ? 'lost' : 'refused';
}

function otherThan(pinned: string, shown: Buffer): string {
  const accepted = fingerprintOf(Buffer.from(pinned, 'base64'));
  return `it shows ${fingerprintOf(shown)}, accepted is ${accepted}`;
}
