import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import ssh2, { type Connection, type ServerConfig, type Session } from 'ssh2';
import { afterAll } from 'vitest';
import { makeKeyPair } from '../../src/shells/ssh/key-pair.ts';
import type { Target } from '../../src/shells/ssh/target.ts';

const servers: { close(): unknown }[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

const pair = makeKeyPair('evil');
const targetAt = (port: number): Target => ({
  ...{ name: 'evil', address: '127.0.0.1', port, user: 'deploy', keyName: 'default' },
  hostKey: pair.public.split(' ')[1] ?? '',
});

/** A machine that does with each connection as the test says. */
export async function meets(
  onConnection: (client: Connection) => void,
  config: Partial<ServerConfig> = {},
): Promise<Target> {
  const server = new ssh2.Server({ hostKeys: [pair.private], ...config }, (client) => {
    client.on('error', () => client.end());
    onConnection(client);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return targetAt((server.address() as AddressInfo).port);
}

/** A machine that takes every key and then does as the test says. */
export function evil(onSession: (session: Session, client: Connection) => void): Promise<Target> {
  return meets((client) => {
    client.on('authentication', (asked) => asked.accept());
    client.on('session', (accept) => onSession(accept(), client));
  });
}

/** A machine that is no ssh server at all. */
export async function says(talk: (socket: Socket) => void): Promise<Target> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    talk(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return targetAt((server.address() as AddressInfo).port);
}

/** Writes the same again and again, as fast as it is taken. */
export const endless = (
  write: (chunk: Buffer) => boolean,
  on: (go: () => void) => void,
  chunk = Buffer.alloc(64 * 1024, 'A'),
) => {
  const go = () => {
    while (write(chunk));
  };
  on(go);
  go();
};
