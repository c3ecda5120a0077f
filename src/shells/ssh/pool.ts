import type { Duplex } from 'node:stream';
import { Connection } from './connection.ts';
import { Dialer } from './dialer.ts';
import { collect, type ExecOptions, type ExecResult, type Running } from './exec.ts';
import type { KeyFolder } from './keys.ts';
import { Limit, orAborted } from './limit.ts';
import { quote } from './quote.ts';
import { SshError } from './ssh-error.ts';
import { identityOf, type Target } from './target.ts';

export type PoolOptions = {
  keys: KeyFolder;
  /** Deadline of one connection attempt. */
  connectSeconds: number;
  /** A connection unused for so long is closed. */
  idleSeconds: number;
  /** Deadline of a command or forward that names none. */
  commandSeconds: number;
  /** Three such intervals without a byte from the far end are the end of a connection. */
  keepaliveSeconds?: number;
};

type Use = { deadlineMs?: number; signal?: AbortSignal };

/** The one way to a host: a pooled connection per target with its host key pinned. */
export class SshPool {
  private readonly options: PoolOptions;
  private readonly dialer: Dialer;
  private readonly connections = new Map<string, Promise<Connection>>();
  private closed = false;

  constructor(options: PoolOptions) {
    this.options = options;
    this.dialer = new Dialer(options.keys, {
      connectMs: options.connectSeconds * 1000,
      keepaliveMs: this.keepaliveMs,
    });
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

  /** A stream to a unix socket of the host. @throws SshError channels where nothing listens there. */
  forward(target: Target, socketPath: string, use: Use = {}): Promise<Duplex> {
    return this.within(target, use, async (signal) => {
      const connection = await this.connection(target, signal);
      return await connection.forward(socketPath, signal);
    });
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
    } finally {
      limit.clear();
    }
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
      if (this.connections.get(id) === connecting) this.connections.delete(id);
    };
    const times = { idleMs: this.options.idleSeconds * 1000, keepaliveMs: this.keepaliveMs };
    const connecting = this.dialer.dial(target).then((link) => new Connection(link, times, forget));
    this.connections.set(id, connecting);
    connecting.catch(forget);
    return connecting;
  }

  private get keepaliveMs(): number {
    return (this.options.keepaliveSeconds ?? 5) * 1000;
  }
}
