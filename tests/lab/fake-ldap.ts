import { createServer, type Socket } from 'node:net';

/** A directory that says only what it is told to, and remembers what it was sent. */
export type FakeLdap = {
  url: string;
  /** How often somebody connected, and all bytes that came. */
  connections(): number;
  received(): string;
  stop(): Promise<void>;
};

/** @param answer what to say to a message, by its number; null: never anything */
export async function startFakeLdap(answer: (id: number) => Buffer | null): Promise<FakeLdap> {
  const sockets = new Set<Socket>();
  const pieces: Buffer[] = [];
  let count = 0;
  const server = createServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      pieces.push(data);
      const said = answer(data[4] ?? 0);
      if (said) socket.write(said);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  return {
    url: `ldap://127.0.0.1:${port}`,
    connections: () => count,
    received: () => Buffer.concat(pieces).toString('latin1'),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The answer to StartTLS of a server, or of somebody on the way, that takes it away: protocolError. */
export function noTls(id: number): Buffer {
  return Buffer.from([0x30, 0x0c, 2, 1, id, 0x78, 7, 10, 1, 2, 4, 0, 4, 0]);
}
