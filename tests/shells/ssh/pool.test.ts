import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExecResult } from '../../../src/shells/ssh/exec.ts';
import { count, kindOfFailure, type Lab, newPool, startLab, until } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const connectionsOf = (each: Lab) => count(each.sshd.log(), 'Accepted publickey');

describe('a command', () => {
  test('gets its input and gives code and both streams', async () => {
    const argv = ['sh', '-c', 'cat; echo oops >&2; exit 3'];
    const result = await lab.pool.exec(lab.target, argv, { input: 'from afar\n' });
    expect(result).toEqual({
      code: 3,
      signal: null,
      stdout: 'from afar\n',
      stderr: 'oops\n',
      truncated: false,
    });
  });

  test('sees the end of its input when there is none', async () => {
    expect((await lab.pool.exec(lab.target, ['cat'])).stdout).toBe('');
  });

  test('takes megabytes of input', async () => {
    const input = Buffer.alloc(5 * 1024 * 1024, 'x');
    expect((await lab.pool.exec(lab.target, ['wc', '-c'], { input })).stdout.trim()).toBe(
      String(input.length),
    );
  });

  test('may end without reading its input', async () => {
    const input = Buffer.alloc(5 * 1024 * 1024, 'x');
    expect((await lab.pool.exec(lab.target, ['true'], { input })).code).toBe(0);
  });

  test('names the signal that ended it', async () => {
    const result = await lab.pool.exec(lab.target, ['sh', '-c', 'kill -9 $$']);
    expect([result.code, result.signal]).toEqual([null, 'SIGKILL']);
  });

  test('gets exactly the words it was given', async () => {
    const words = ['a b', "it's", '$(id)', '`id`', '"', '\\', '*', ';', '\n', '~', '', '-n', 'ü', '!'];
    const { stdout } = await lab.pool.exec(lab.target, ['printf', '%s\\0', ...words]);
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  test('may split characters between packets', async () => {
    const text = `x${'ä€😀'.repeat(40_000)}`;
    const { stdout } = await lab.pool.exec(lab.target, ['cat'], { input: text });
    expect(stdout === text).toBe(true);
  });

  test('[S87] has its output cut at maxBytes, never within a character, while onOutput gets all', async () => {
    let seen = 0;
    const result = await lab.pool.exec(lab.target, ['cat'], {
      input: 'ä'.repeat(100_000),
      maxBytes: 1001,
      onOutput: (chunk) => {
        seen += chunk.length;
      },
    });
    expect([result.stdout, result.truncated, seen]).toEqual(['ä'.repeat(500), true, 200_000]);
  });

  test('is stopped by its caller', async () => {
    const abort = new AbortController();
    const running = lab.pool.exec(lab.target, ['sh', '-c', 'echo up; cat; exec sleep 30'], {
      signal: abort.signal,
      onOutput: () => abort.abort(new Error('changed my mind')),
    });
    await expect(running).rejects.toThrow('changed my mind');
  });

  test('whose caller has stopped already is not begun', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(lab.pool.exec(lab.target, ['true'], { signal })).rejects.toThrow('too late');
  });

  test('is given up at its deadline, and the connection goes on', async () => {
    const before = connectionsOf(lab);
    const began = Date.now();
    expect(await kindOfFailure(lab.pool.exec(lab.target, ['sleep', '5'], { deadlineMs: 300 }))).toBe(
      'deadline',
    );
    expect(Date.now() - began).toBeLessThan(2000);
    expect((await lab.pool.exec(lab.target, ['echo', 'still here'])).stdout).toBe('still here\n');
    expect(connectionsOf(lab)).toBe(Math.max(before, 1));
  });

  test('fails with the error of the one who reads its output', async () => {
    const onOutput = () => {
      throw new Error('disk full');
    };
    await expect(lab.pool.exec(lab.target, ['echo', 'x'], { onOutput })).rejects.toThrow('disk full');
  });
});

describe('one connection', () => {
  test('carries thirty commands asked for at once', async () => {
    const own = await startLab();
    try {
      const all = Array.from({ length: 30 }, (_, at) => own.pool.exec(own.target, ['echo', String(at)]));
      const outputs = (await Promise.all(all)).map((result) => result.stdout.trim());
      expect(outputs).toEqual(Array.from({ length: 30 }, (_, at) => String(at)));
      expect(connectionsOf(own)).toBe(1);
    } finally {
      await own.stop();
    }
  });

  test.each([1, 2])('gets by with a server that allows %i', async (allowed) => {
    const own = await startLab({ sshd: { config: [`MaxSessions ${allowed}`] } });
    try {
      const ask = () => own.pool.exec(own.target, ['echo', 'ok']);
      const atOnce = await Promise.all(Array.from({ length: 12 }, ask));
      const inTurn: ExecResult[] = [];
      for (let at = 0; at < 30; at += 1) inTurn.push(await ask());
      expect([...atOnce, ...inTurn].map((result) => result.stdout)).toEqual(Array(42).fill('ok\n'));
      expect(connectionsOf(own)).toBe(1);
      expect(own.sshd.log()).toContain('no more sessions');
    } finally {
      await own.stop();
    }
  });

  test('is refused sessions altogether: channels', async () => {
    const own = await startLab({ sshd: { config: ['MaxSessions 0'] } });
    try {
      expect(await kindOfFailure(own.pool.exec(own.target, ['true']))).toBe('channels');
    } finally {
      await own.stop();
    }
  });

  test('closes when unused, and the next command makes another', async () => {
    const pool = newPool(lab.keys, { idleSeconds: 0.1 });
    const before = connectionsOf(lab);
    await pool.exec(lab.target, ['true']);
    await until('the idle connection closes', () => lab.sshd.log().includes('Received disconnect'));
    expect((await pool.exec(lab.target, ['echo', 'again'])).stdout).toBe('again\n');
    expect(connectionsOf(lab)).toBe(before + 2);
    await pool.close();
  });

  test('answers a warm command in milliseconds', async () => {
    const times: number[] = [];
    for (let run = 0; run < 40; run += 1) {
      const began = performance.now();
      await lab.pool.exec(lab.target, ['true']);
      times.push(performance.now() - began);
    }
    // about 3 ms here; 44 where Nagle's delay is left on
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(30);
  });
});

describe('a forward', () => {
  test('joins a unix socket of the host, and is not one of the eight sessions', async () => {
    const path = join(lab.sshd.dir, 'echo.sock');
    const server = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const lines = await Promise.all(Array.from({ length: 20 }, () => lab.pool.forward(lab.target, path)));
    const streams = lines.map(({ channel }) => channel);
    for (const [at, stream] of streams.entries()) {
      stream.write(`hello ${at}`);
      const [chunk] = await new Promise<Buffer[]>((resolve) =>
        stream.once('data', (...got: Buffer[]) => resolve(got)),
      );
      expect(chunk?.toString()).toBe(`hello ${at}`);
    }
    expect((await lab.pool.exec(lab.target, ['echo', 'beside'])).stdout).toBe('beside\n');
    for (const stream of streams) stream.end();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a stream that was parked is used again, but not one on which anything happened since', async () => {
    const path = join(lab.sshd.dir, 'again.sock');
    const far: Socket[] = [];
    const server = createServer((socket) => far.push(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const open = () => lab.pool.forward(lab.target, path);
    const first = await open();
    expect(first.used).toBe(false);
    first.park();
    const second = await open();
    expect(second).toMatchObject({ used: true });
    expect(second.channel).toBe(first.channel);
    const beside = await open();
    expect(beside.used).toBe(false);
    second.park();
    beside.park();
    expect(beside.channel.writable, 'one is enough').toBe(false);
    far[0]!.write('unasked');
    await until('it is spoilt', () => !first.channel.writable);
    const third = await open();
    expect(third.used).toBe(false);
    third.park();
    far.at(-1)!.destroy();
    await until('it has ended', () => !third.channel.writable);
    const last = await open();
    expect(last.used).toBe(false);
    last.channel.destroy();
    for (const socket of far) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('to where nothing listens is refused', async () => {
    const path = join(lab.sshd.dir, 'absent.sock');
    expect(await kindOfFailure(lab.pool.forward(lab.target, path))).toBe('channels');
  });
});
