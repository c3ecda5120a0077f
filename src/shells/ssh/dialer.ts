import { setTimeout as pause } from 'node:timers/promises';
import type { Link } from './connection.ts';
import { handshake } from './handshake.ts';
import type { KeyFolder } from './keys.ts';
import { Slots } from './slots.ts';
import { openSocket } from './socket.ts';
import { SshError } from './ssh-error.ts';
import type { Target } from './target.ts';

/** sshd drops some connections when ten are not yet authenticated (MaxStartups 10:30:100). */
const dialsPerServer = 3;
/** A handshake costs 2–3 ms of CPU: hundreds at once would run each other into the deadline. */
const handshakesAtOnce = 64;
/** A server that has not said a word by then costs nothing, however long it is waited for. */
const silentMs = 1000;
const tries = 2;

/** Makes connections: paced, with a deadline, and a second try only where nothing was agreed yet. */
export class Dialer {
  private readonly keys: KeyFolder;
  private readonly times: { connectMs: number; keepaliveMs: number };
  private readonly servers = new Map<string, Slots>();
  private readonly handshakes = new Slots(handshakesAtOnce);

  constructor(keys: KeyFolder, times: { connectMs: number; keepaliveMs: number }) {
    this.keys = keys;
    this.times = times;
  }

  /** @throws SshError of any kind but channels; CedarError where the key folder lacks the key. */
  async dial(target: Target): Promise<Link> {
    const privateKey = await this.keys.private(target.keyName);
    const release = await this.server(target).take();
    try {
      return await this.persist(target, privateKey);
    } finally {
      release();
    }
  }

  private async persist(target: Target, privateKey: string): Promise<Link> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(target, privateKey);
      } catch (error) {
        if (attempt === tries || !worthAnotherTry(error)) throw error;
        await pause(100 + Math.random() * 400);
      }
    }
  }

  private async attempt(target: Target, privateKey: string): Promise<Link> {
    const socket = await openSocket(target, this.times.connectMs);
    const release = await this.handshakes.take();
    const silence = setTimeout(() => socket.bytesRead === 0 && release(), silentMs);
    try {
      const options = {
        privateKey,
        deadlineMs: this.times.connectMs,
        keepaliveMs: this.times.keepaliveMs,
      };
      return { client: await handshake(socket, target, options), socket, target };
    } finally {
      clearTimeout(silence);
      release();
    }
  }

  private server(target: Target): Slots {
    const id = `${target.address} ${target.port}`;
    const slots = this.servers.get(id) ?? new Slots(dialsPerServer);
    this.servers.set(id, slots);
    return slots;
  }
}

function worthAnotherTry(error: unknown): boolean {
  return error instanceof SshError && (error.kind === 'unreachable' || error.kind === 'refused');
}
