import type { Response } from 'express';
import { expect, test } from 'vitest';
import { listen } from '../../src/web/listener.ts';
import { get } from '../../src/web/route.ts';
import { town } from './people.ts';

test('ending takes nothing new, lets a request finish and tells streams to end', async () => {
  const waiting: Response[] = [];
  const routes = [
    get('/slow', 'public', async (page) => void waiting.push(page.res)),
    get('/stream', 'public', async ({ req, res }) => {
      res.type('text/event-stream').write('data: open\n\n');
      req.app.once('closing', () => res.end('event: end\ndata:\n\n'));
      waiting.push(res);
    }),
  ];
  const t = await town({}, routes, { signedIn: false });
  const listener = await listen(t.app, '127.0.0.1', 0);
  const slow = fetch(`${listener.address}/slow`);
  const stream = fetch(`${listener.address}/stream`);
  await expect.poll(() => waiting.length).toBe(2);
  const closed = listener.close();
  await expect(fetch(`${listener.address}/slow`)).rejects.toThrow();
  expect(await (await stream).text()).toBe('data: open\n\nevent: end\ndata:\n\n');
  waiting.find((res) => !res.writableEnded)?.send('finished');
  expect(await (await slow).text()).toBe('finished');
  await closed;
  await t.end();
});

test('a port that is taken is an error', async () => {
  const t = await town({}, [], { signedIn: false });
  const first = await listen(t.app, '127.0.0.1', 0);
  await expect(listen(t.app, '127.0.0.1', first.port)).rejects.toThrow('EADDRINUSE');
  await first.close();
  await t.end();
});
