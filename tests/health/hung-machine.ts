import { createServer, type Socket } from 'node:net';
import { afterAll } from 'vitest';

/** A machine that accepts connections and never says a word, until the file's tests are over. Gives its port. */
export function hungMachine(): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => open.add(socket.on('error', () => socket.destroy())));
  afterAll(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? bound.port : 0);
    });
  });
}
