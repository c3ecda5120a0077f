import type { Duplex } from 'node:stream';
import { Connection, type Times } from './connection.ts';
import { Dialer } from './dialer.ts';
import { collect, type ExecOptions, type ExecResult, type Running } from './exec.ts';
import { Limit, orAborted } from './limit.ts';
import type { Line } from './lines.ts';
import type { PoolOptions } from './pool-options.ts';
import { quote } from './quote.ts';
import { SshError } from './ssh-error.ts';
import { identityOf, type Target } from './target.ts';

export type { PoolOptions } from './pool-options.ts';

type Use = { deadlineMs?: number; signal?: AbortSignal };

/** The one way to a host: a pooled connection per target with its host key pinned. */
export class SshPool {
  private readonly options: PoolOptions;
  private readonly times: Times;
  private readonly dialer: Dialer;
  private readonly connections = new Map<string, Promise<Connection>>();
  private readonly open = new Map<string, Connection>();
  private closed = false;

  constructor(options: PoolOptions) {
    this.options = options;
    const keepaliveMs = (options.keepaliveSeconds ?? 5) * 1000;
    this.times = { idleMs: options.idleSeconds * 1000, keepaliveMs };
    this.dialer = new Dialer(options.keys, { connectMs: options.connectSeconds * 1000, keepaliveMs });
  }

  /**
   * Runs a command; a code other than 0 is a result, not an error.
   * @throws SshError; the signal's reason when the caller aborts.
   */
  exec(target: Target, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const command = quote(argv);
    return this.within(target, options, async (signal) =>
      collect(await this.start(target, command, signal), options, signal),
    );
  }

  /** A started command, for the bridge only: whoever takes its channel reads it to the end or closes it. */
  raw(target: Target, command: string, use: Use = {}): Promise<Running> {
    return this.within(target, use, (signal) => this.start(target, command, signal));
  }

  /** A stream to a unix socket of the host, to be parked or destroyed. @throws SshError channels where none listens. */
  forward(target: Target, socketPath: string, use: Use = {}): Promise<Line> {
    return this.within(target, use, async (signal) => {
      const connection = await this.connection(target, signal);
      return await connection.forward(socketPath, signal);
    });
  }

  /** A parked stream to a unix socket, at once; null where there is none. */
  parked(target: Target, socketPath: string): Line | null {
    return this.open.get(identityOf(target))?.parked(socketPath) ?? null;
  }

  /** A stream to a TCP port as the host sees it. @throws SshError channels where nothing listens there. */
  reach(target: Target, address: string, port: number, use: Use = {}): Promise<Duplex> {
    return this.within(target, use, async (signal) => {
      const connection = await this.connection(target, signal);
      return await connection.reach(address, port, signal);
    });
  }

  /** Closes the connections to all others, as soon as nothing runs on them. */
  keepOnly(targets: readonly Target[]): void {
    const kept = new Set(targets.map(identityOf));
    for (const [id, connecting] of this.connections)
      if (!kept.has(id))
        connecting.then(
          (connection) => connection.retire(),
          () => null,
        );
  }

  /** Ends every connection; what runs on them is lost. */
  async close(): Promise<void> {
    this.closed = true;
    const ends = await Promise.allSettled(this.connections.values());
    for (const end of ends) if (end.status === 'fulfilled') end.value.close();
  }

  private async within<T>(target: Target, use: Use, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const milliseconds = use.deadlineMs ?? this.options.commandSeconds * 1000;
    const late = () => new SshError('deadline', target, new Error(`not done within ${milliseconds} ms`));
    const limit = new Limit(milliseconds, late, use.signal);
    try {
      limit.signal.throwIfAborted();
      return await act(limit.signal);
    } catch (error) {
      const late = error instanceof SshError && error.kind === 'deadline';
      if (late && this.times.keepaliveMs === 0) this.doubt(target, milliseconds);
      throw error;
    } finally {
      limit.clear();
    }
  }

  /** Whoever heard nothing for all of its time may have asked into the void. */
  private doubt(target: Target, milliseconds: number): void {
    const known = this.connections.get(identityOf(target));
    known?.then(
      (connection) => connection.closeIfSilent(milliseconds * 0.99),
      () => null,
    );
  }

  /** Starts a command once; asks again only while it is certain that the command was not run. */
  private async start(target: Target, command: string, signal: AbortSignal): Promise<Running> {
    for (;;) {
      const connection = await this.connection(target, signal);
      const channel = await connection.session(command, signal);
      if (channel) return { channel, connection };
    }
  }

  private async connection(target: Target, signal: AbortSignal): Promise<Connection> {
    if (this.closed) throw new SshError('lost', target, new Error('the pool is closed'));
    const id = identityOf(target);
    const known = this.connections.get(id) ?? this.connect(target, id);
    const connection = await orAborted(known, signal);
    if (connection.open) return connection;
    // Its end is under way but not told yet: it must not be handed out again.
    if (this.connections.get(id) === known) this.connections.delete(id);
    return await this.connection(target, signal);
  }

  private connect(target: Target, id: string): Promise<Connection> {
    const forget = () => {
      this.open.delete(id);
      if (this.connections.get(id) === connecting) this.connections.delete(id);
    };
    const connecting = this.dialer.dial(target).then((link) => {
      const connection = new Connection(link, this.times, forget);
      this.open.set(id, connection);
      return connection;
    });
    this.connections.set(id, connecting);
    connecting.catch(forget);
    return connecting;
  }
}
