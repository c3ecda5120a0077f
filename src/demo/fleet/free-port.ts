import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

/** Below what Linux gives to outgoing connections (ip_local_port_range), which could take it in between. */
const [FIRST, LAST] = [10_000, 32_767];

const given = new Set<number>();

/** A TCP port that nobody uses on `address` just now; never the same twice in one process. @throws Error where none is. */
export async function freePort(address: string): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const port = randomInt(FIRST, LAST + 1);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(address, port)) return port;
  }
  throw new Error(`No port from ${FIRST} to ${LAST} is free on ${address}`);
}

/** True where a server could listen on `address:port`. */
export function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

/** The first port from `from` on that is free on all addresses. @throws Error after a hundred that are not. */
export async function firstFree(addresses: string[], from: number): Promise<number> {
  for (let port = from; port < from + 100; port++) {
    const free = await Promise.all(addresses.map((address) => isFree(address, port)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`No port from ${from} to ${from + 99} is free on ${addresses.join(', ')}`);
}

/** True where something accepts connections on `address:port` within a second. */
export function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
