import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** An http agent whose one connection is a stream that is open already, such as a forwarded unix socket. */
export class ChannelAgent extends Agent {
  readonly #channel: Duplex;

  constructor(channel: Duplex) {
    super({ keepAlive: false });
    this.#channel = asSocket(channel);
  }

  override createConnection(): Duplex {
    return this.#channel;
  }
}

/** What http and axios call on a socket and a plain stream does not have; deadlines are kept by the caller. */
function asSocket(channel: Duplex): Duplex {
  const itself = () => channel;
  const missing = ['setKeepAlive', 'setNoDelay', 'setTimeout', 'ref', 'unref'].filter(
    (name) => !(name in channel),
  );
  return Object.assign(channel, Object.fromEntries(missing.map((name) => [name, itself])));
}
