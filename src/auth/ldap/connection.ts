import type { EventEmitter } from 'node:events';
import { type ConnectionOptions, TLSSocket } from 'node:tls';
import type { Client, Filter, SearchEntry } from 'ldapjs';
import { messageOf } from '../../errors.ts';
import { DirectoryAway } from './directory-away.ts';
import { encodeFilter } from './filter.ts';

/** One server of a directory, and how it is trusted. */
export type Server = { url: string; startTls: boolean; ca: string | null };

/** One entry; attribute names in small letters. `bytes` is what `attributes` holds, for values that are no text. */
export type Entry = { dn: string; attributes: Map<string, string[]>; bytes: Map<string, Buffer[]> };

/**
 * What matched. `no_base`: there is nothing of that name, or nothing that we may know of; `referred`: elsewhere;
 * `refused`: not for us.
 */
export type Found = { entries: Entry[]; ended: 'all' | 'too_many' | 'no_base' | 'referred' | 'refused' };

/** `by`: who signed the certificate; `until`: when it ends, epoch ms. */
export type Encryption = { protocol: string; by: string; until: number };

type Scope = { base: string; scope: 'base' | 'one' | 'sub'; filter: string; attributes: readonly string[] };

/** The LDAP result codes (RFC 4511, 4.1.9) that answer a question; all others mean that it was not answered. */
const REFUSED = Object.fromEntries([1, 8, 48, 50, 53].map((code) => [code, 'refused' as const]));
const ENDS: Record<number, Found['ended']> = { 4: 'too_many', 10: 'referred', 32: 'no_base', ...REFUSED };
const NOT_YOU = [10, 32, 34, 48, 49, 53];

/** One connection to a directory; the only file that knows ldapjs. Follows no referrals. */
export class Connection {
  readonly #client: Client;
  readonly #broken: Promise<never>;

  private constructor(client: Client, broken: Promise<never>) {
    this.#client = client;
    this.#broken = broken;
  }

  /**
   * Connects, over TLS where the server asks for it; `signal` ends it and everything that waits for an answer.
   * @throws DirectoryAway
   */
  static async open(server: Server, signal: AbortSignal): Promise<Connection> {
    const tls = tlsOf(server);
    // large, and only for those who have a directory
    const { default: ldapjs } = await import('ldapjs');
    const client = ldapjs.createClient({ url: server.url, tlsOptions: tls, reconnect: false });
    const broken = brokenBy(client, signal);
    const connection = new Connection(client, broken);
    try {
      await connection.#waitFor<void>((done) => client.once('connect', () => done(null)));
      if (server.startTls) await connection.#startTls(tls);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** True where the password is theirs. @throws DirectoryAway where the directory could not say. */
  async bind(dn: string, password: string): Promise<boolean> {
    if (password === '') return false;
    return this.#waitFor<boolean>((done) => {
      this.#client.bind(dn, password, (error) => {
        if (!error) done(null, true);
        else if (NOT_YOU.includes(codeOf(error))) done(null, false);
        else done(error);
      });
    });
  }

  /** What matches, at most `sizeLimit` entries. Referrals are left alone. @throws DirectoryAway */
  async search({ base, scope, filter, attributes }: Scope, sizeLimit = 3): Promise<Found> {
    const options = { scope, attributes: [...attributes], sizeLimit, filter: filterOf(filter) };
    return this.#waitFor<Found>((done) => {
      const entries: Entry[] = [];
      this.#client.search(base, options, (error, result) => {
        if (error) return done(error);
        result.on('searchEntry', (entry) => entries.push(entryOf(entry)));
        result.on('error', (failed) => {
          const ended = ENDS[codeOf(failed)];
          if (ended) done(null, { entries, ended });
          else done(failed);
        });
        result.on('end', () => done(null, { entries, ended: 'all' }));
      });
    });
  }

  /** How this connection is encrypted; null: not at all. */
  get tls(): Encryption | null {
    const { _socket: socket } = this.#client as unknown as { _socket?: unknown };
    if (!(socket instanceof TLSSocket)) return null;
    const { issuer, valid_to: until } = socket.getPeerCertificate();
    const by = [issuer?.CN ?? issuer?.O ?? ''].flat().join(', ');
    return { protocol: socket.getProtocol() ?? '', by, until: Date.parse(until) };
  }

  close(): void {
    this.#client.destroy();
  }

  async #startTls(tls: ConnectionOptions): Promise<void> {
    await this.#waitFor<void>((done) => {
      this.#client.starttls(tls, [], (error) => {
        const { _socket: socket } = this.#client as unknown as { _socket?: EventEmitter };
        socket?.on('error', (late: Error) => this.#client.emit('error', late));
        done(error ?? null);
      });
    });
  }

  async #waitFor<T>(ask: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
    const answer = new Promise<T>((resolve, reject) => {
      const fail = (error: unknown) => reject(new DirectoryAway(messageOf(error)));
      try {
        ask((error, value) => (error ? fail(error) : resolve(value as T)));
      } catch (error) {
        fail(error);
      }
    });
    return Promise.race([answer, this.#broken]);
  }
}

/** Rejects when the connection fails by itself or is called off; nobody need wait for it. */
function brokenBy(client: Client, signal: AbortSignal): Promise<never> {
  const broken = new Promise<never>((_resolve, reject) => {
    const fail = (error?: Error) => reject(new DirectoryAway(error ? messageOf(error) : 'connection lost'));
    for (const event of ['error', 'connectError', 'setupError', 'connectTimeout', 'connectRefused', 'close'])
      client.on(event, (error?: Error) => fail(error instanceof Error ? error : undefined));
    const late = () => {
      client.destroy();
      reject(new DirectoryAway('no answer in time'));
    };
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });
  broken.catch((error: Error) => error);
  return broken;
}

function tlsOf({ url, ca }: Server): ConnectionOptions {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return { host, rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca !== null && { ca }) };
}

/** ldapjs encodes escaped values twice where it reads a filter itself: it is given the bytes. */
function filterOf(text: string): Filter {
  const buffer = encodeFilter(text);
  const filter = { [Symbol.toStringTag]: 'FilterString', toBer: () => ({ buffer }), toString: () => text };
  return filter as unknown as Filter;
}

function codeOf(error: Error): number {
  return Number((error as Error & { code?: unknown }).code);
}

function entryOf({ pojo, attributes: found }: SearchEntry): Entry {
  const attributes = new Map(pojo.attributes.map(({ type, values }) => [type.toLowerCase(), [...values]]));
  const bytes = new Map(found.map(({ type, buffers }) => [type.toLowerCase(), buffers]));
  return { dn: pojo.objectName ?? '', attributes, bytes };
}
