import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

const DRAIN_MS = 10_000;

export type Listener = {
  /** `http://host:port` on which it listens. */
  address: string;
  port: number;
  /** Takes no new connections, tells streams to end (`closing` on the app), lets requests finish for ten seconds. */
  close(): Promise<void>;
};

/** Milliseconds: how long the head and the whole of a request may take, and how often the slow ones are looked for. */
export type ListenerTimes = {
  headersTimeout: number;
  requestTimeout: number;
  connectionsCheckingInterval: number;
};

const usual: ListenerTimes = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
};

/** Listens on `host` and `port` (0: a free one). Slow senders are cut off (S88). @throws Error where the port is taken. */
export async function listen(app: Express, host: string, port: number, times = usual): Promise<Listener> {
  const server = createServer({ ...times, keepAliveTimeout: 15_000 }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    address: `http://${name}:${bound.port}`,
    port: bound.port,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      app.emit('closing');
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(late);
    },
  };
}
