import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort, isFree } from '../../src/demo/fleet/free-port.ts';

const HERE = '127.0.0.1';

test('a port is given once, free, and none that outgoing connections may get', async () => {
  const ports = await Promise.all(Array.from({ length: 500 }, () => freePort(HERE)));
  expect(new Set(ports).size).toBe(500);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(await isFree(HERE, ports[0]!)).toBe(true);
});

test('a port on which somebody listens is not free', async () => {
  const port = await freePort(HERE);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, HERE, resolve));
  expect(await isFree(HERE, port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
});
