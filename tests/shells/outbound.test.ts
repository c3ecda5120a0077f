import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sayLine } from '../../src/shells/outbound/line.ts';
import { open, type Way } from '../../src/shells/outbound/open.ts';
import { request } from '../../src/shells/outbound/request.ts';

let url = '';
let tcp = 0;
const server = createServer((wanted, response) => answer(wanted, response));
const lines = createTcp((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', (line) => {
    if (line.toString() === 'endless\n') socket.write('x'.repeat(10_000));
    else if (line.toString() === 'close\n') socket.end();
    else if (line.toString() === 'bare\n') socket.end('OK');
    else socket.write(`you said ${line}more\n`);
  });
});

function answer({ url: path }: IncomingMessage, response: ServerResponse): void {
  if (path === '/redirect')
    return void response.writeHead(302, { Location: 'http://169.254.169.254/' }).end();
  if (path === '/huge') return void response.end(Buffer.alloc(10 * 1024 * 1024, 'a'));
  if (path === '/packed')
    return void response
      .writeHead(200, { 'Content-Encoding': 'gzip' })
      .end(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
  if (path === '/heads') return void response.writeHead(200, { 'X-A': 'a'.repeat(1_000_000) }).end('well');
  if (path === '/cut')
    return void response.writeHead(200, { 'Content-Length': 100 }).write('half', () => response.destroy());
  if (path === '/slow') {
    const timer = setInterval(() => response.write('.'), 50);
    return void response.on('close', () => clearInterval(timer));
  }
  response.end('well');
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => lines.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  tcp = (lines.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await new Promise((resolve) => lines.close(resolve));
});

const way = (ms = 2000, allowLoopback = true): Way => ({
  rules: { allowLoopback, own: [] },
  signal: AbortSignal.timeout(ms),
});
const get = (path: string, by = way()) => request({ method: 'GET', url: url + path }, by);

describe('calls to other machines', () => {
  test('[S64] take 64 KiB of whatever is answered, in bounded time, and follow nobody', async () => {
    expect(await get('/')).toMatchObject({ status: 200, text: 'well', whole: true });
    const huge = await get('/huge');
    expect([huge.text.length, huge.whole]).toEqual([65_536, false]);
    expect((await get('/redirect')).status).toBe(302);
    const began = performance.now();
    await expect(get('/slow', way(300))).rejects.toMatchObject({ problem: 'late' });
    expect(performance.now() - began).toBeLessThan(1500);
    expect((await get('/packed')).text.length).toBeLessThanOrEqual(65_536);
    await expect(get('/heads')).rejects.toMatchObject({ problem: 'unreachable' });
    await expect(get('/cut')).rejects.toMatchObject({ problem: 'unreachable' });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://0.0.0.0/',
    'http://2852039166/',
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://localhost/',
  ])('[S62] never go to %s', async (target) => {
    const asked = request({ method: 'GET', url: target }, way(2000, false));
    await expect(asked).rejects.toMatchObject({ problem: 'forbidden' });
  });

  test('[S66] go past the proxies of the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      HTTP_PROXY: 'http://127.0.0.1:1',
      http_proxy: 'http://127.0.0.1:1',
      NO_PROXY: '',
    });
    try {
      expect((await get('/')).text).toBe('well');
    } finally {
      process.env = before;
    }
  });

  test('tell nobody listening from no answer', async () => {
    await expect(open('127.0.0.1', 1, way())).rejects.toMatchObject({ problem: 'refused' });
    await expect(open('name.invalid', 80, way())).rejects.toMatchObject({ problem: 'unreachable' });
  });

  test('say a line and hear one', async () => {
    expect(await sayLine('127.0.0.1', tcp, 'on offline', way())).toBe('you said on offline');
    expect(await sayLine('127.0.0.1', tcp, 'bare', way())).toBe('OK');
    await expect(sayLine('127.0.0.1', tcp, 'endless', way())).rejects.toMatchObject({
      problem: 'unreachable',
    });
    await expect(sayLine('127.0.0.1', tcp, 'close', way())).rejects.toMatchObject({ problem: 'unreachable' });
  });
});
