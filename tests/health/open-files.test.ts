import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, expect, test, vi } from 'vitest';
import { tellOpenFiles } from '../../src/health/open-files.ts';
import { unseen } from '../../src/health/seen.ts';
import { logger } from '../../src/logger.ts';
import { openSocket } from '../../src/shells/ssh/socket.ts';

const server = createServer((socket) => socket.resume());
afterAll(() => server.close());

/** Lowers this process's own limit to what it has open, until the answer is called. */
async function withoutRoom(): Promise<() => Promise<void>> {
  const before = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  const set = (limit: string) => `prlimit --pid ${process.pid} --nofile=${limit}:`;
  const script = `read limit; ${set('"$limit"')}; echo low; read done; ${set(`${before}`)}; echo back`;
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const highest = Math.max(...readdirSync('/proc/self/fd').map(Number));
  child.stdin.write(`${highest + 1}\n`);
  await once(child.stdout, 'data');
  return async () => {
    child.stdin.write('\n');
    await once(child, 'exit');
  };
}

test('a machine that we may not open a connection to is unknown, not unreachable', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  const named = { name: 'far', address: '127.0.0.1', port };
  const [holes, error]: [Awaited<ReturnType<typeof openSocket>>[], unknown] = [[], null];
  const restore = await withoutRoom();
  let refused: unknown = error;
  try {
    for (let count = 0; count < 500 && !refused; count++)
      await openSocket(named, 1000).then(
        (socket) => holes.push(socket),
        (reason) => {
          refused = reason;
        },
      );
  } finally {
    for (const socket of holes) socket.destroy();
    await restore();
  }
  expect(refused).toMatchObject({ code: 'open_files', detail: { host: 'far' } });
  expect(unseen({ placements: [] } as never, refused).host).toMatchObject({
    reachable: 'unknown',
    message: 'open_files',
  });
  (await openSocket(named, 1000)).destroy();
});

test('a limit below the number of machines is told, once, with what to do', () => {
  const warn = vi.spyOn(logger, 'warn');
  tellOpenFiles(900, 1024);
  expect(warn).not.toHaveBeenCalled();
  tellOpenFiles(1000, 1024);
  tellOpenFiles(1000, 1024);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toMatchObject({ machines: 1000, openFiles: 1024 });
  expect(JSON.stringify(warn.mock.calls[0])).toContain('LimitNOFILE=2200');
  warn.mockRestore();
});
