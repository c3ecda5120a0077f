import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { openSocket } from '../../../src/shells/ssh/socket.ts';

const heard: Buffer[] = [];
const ends: Socket[] = [];
const server = createServer((end) => {
  ends.push(end);
  end.on('data', (chunk: Buffer) => heard.push(chunk));
});
afterAll(() => {
  for (const end of ends) end.destroy();
  server.close();
});

const text = () => Buffer.concat(heard).toString();
const all = (expected: string) => expect.poll(text).toBe(expected);

test('what is written in one go is one packet, in its order; nothing waits for more', async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const port = (server.address() as { port: number }).port;
  const socket = await openSocket({ name: 'one', address: '127.0.0.1', port }, 1000);
  for (const piece of ['a', Buffer.from('b'.repeat(200)), 'c']) socket.write(piece);
  await all(`a${'b'.repeat(200)}c`);
  expect(heard.length).toBe(1);
  let written = false;
  socket.write('d', () => {
    written = true;
  });
  await all(`a${'b'.repeat(200)}cd`);
  expect(written).toBe(true);
  heard.length = 0;
  const long = 'x'.repeat(300_000);
  expect(socket.write(long)).toBe(false);
  await once(socket, 'drain');
  socket.write('y');
  socket.end('z');
  await all(`${long}yz`);
});
