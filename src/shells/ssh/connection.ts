import type { Socket } from 'node:net';
import type { Client, ClientCallback, ClientChannel } from 'ssh2';
import { carried } from './carried.ts';
import { type Line, Lines } from './lines.ts';
import { Sessions } from './sessions.ts';
import { endOnSilence } from './silence.ts';
import { SshError } from './ssh-error.ts';
import type { Target } from './target.ts';
import { Uses } from './uses.ts';

/** An authenticated client over its socket. */
export type Link = { client: Client; socket: Socket; target: Target };

/** `keepaliveMs` of 0: the kernel alone asks the far end whether it lives. */
export type Times = { idleMs: number; keepaliveMs: number };

/** One authenticated connection: opens channels, notices silence, closes itself when unused. */
export class Connection {
  private readonly link: Link;
  private readonly sessions = new Sessions();
  private readonly lines = new Lines();
  private readonly uses: Uses;
  private heardAt = performance.now();
  private end: { cause: unknown } | null = null;
  private readonly over: (cause?: unknown) => void;

  /** @param ended called once, as soon as nothing more can be asked of this connection. */
  constructor(link: Link, times: Times, ended: () => void) {
    this.link = link;
    this.uses = new Uses(times.idleMs, () => this.close());
    const stopWatching = times.keepaliveMs > 0 ? endOnSilence(link.socket, times.keepaliveMs) : () => null;
    if (times.keepaliveMs === 0) link.socket.setKeepAlive(true, 30_000);
    link.socket.on('data', () => {
      this.heardAt = performance.now();
    });
    this.over = (cause?: unknown) => {
      if (this.end) return;
      this.end = { cause: cause ?? new Error('the connection was closed') };
      stopWatching();
      this.uses.end();
      ended();
    };
    link.client.on('error', this.over);
    link.client.on('end', this.over);
    link.client.on('close', this.over);
  }

  /** False as soon as the connection's end is known. */
  get open(): boolean {
    return this.end === null && this.link.socket.writable;
  }

  /**
   * Starts a command, at most eight at once. null: it was certainly not run and may be asked for again.
   * @throws SshError channels or lost; the signal's reason.
   */
  async session(command: string, signal: AbortSignal): Promise<ClientChannel | null> {
    const release = await this.slot(signal);
    if (!this.open) {
      release();
      return null;
    }
    let again = false;
    const opening = this.channel((opened) => this.link.client.exec(command, opened)).catch((error) => {
      again = this.open && this.sessions.refused();
      throw error;
    });
    try {
      const channel = await carried(opening, release, signal);
      this.sessions.opened();
      return channel;
    } catch (error) {
      if (!again) throw error;
      await this.sessions.rest();
      return null;
    }
  }

  /** Connects to a unix socket of the far end. @throws SshError channels (also when none listens) or lost. */
  async forward(socketPath: string, signal: AbortSignal): Promise<Line> {
    const parked = this.parked(socketPath);
    if (parked) return parked;
    const { client } = this.link;
    const letGo = this.uses.take();
    const opening = this.channel((opened) => client.openssh_forwardOutStreamLocal(socketPath, opened));
    return this.lines.line(socketPath, await carried(opening, letGo, signal), letGo);
  }

  /** A parked stream to a unix socket of the far end. */
  parked(socketPath: string): Line | null {
    return this.open ? this.lines.take(socketPath, () => this.uses.take()) : null;
  }

  /** Connects to a TCP port as the far end sees it. @throws SshError channels (also when none listens) or lost. */
  reach(address: string, port: number, signal: AbortSignal): Promise<ClientChannel> {
    const { client } = this.link;
    const opening = this.channel((opened) => client.forwardOut('127.0.0.1', 0, address, port, opened));
    return carried(opening, this.uses.take(), signal);
  }

  /** What to throw for a channel that ended without saying how. */
  lost(cause: unknown = new Error('no exit code came')): SshError {
    return new SshError('lost', this.link.target, this.end?.cause ?? cause);
  }

  /** Ends the connection unless something was heard of the far end within so long. */
  closeIfSilent(milliseconds: number): void {
    if (performance.now() - this.heardAt >= milliseconds) this.close();
  }

  /** Ends the connection as soon as nothing runs on it. */
  retire(): void {
    this.uses.hurry();
  }

  /** Ends the connection; whatever runs on it is lost. */
  close(): void {
    this.over();
    this.link.client.end();
    this.link.socket.destroySoon();
  }

  private async slot(signal: AbortSignal): Promise<() => void> {
    const unhold = this.uses.take();
    try {
      const release = await this.sessions.take(signal);
      return () => {
        release();
        unhold();
      };
    } catch (error) {
      unhold();
      throw error;
    }
  }

  private channel(ask: (opened: ClientCallback) => void): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      if (!this.open) return reject(this.lost());
      ask((error, channel) => (error ? reject(this.refusal(error)) : resolve(channel)));
    });
  }

  private refusal(error: Error): SshError {
    return this.open ? new SshError('channels', this.link.target, error) : this.lost(error);
  }
}
