import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAnswer } from '../../src/shells/guard/answer.ts';
import type { KeyFolder } from '../../src/shells/ssh/keys.ts';
import type { SshPool } from '../../src/shells/ssh/pool.ts';
import { kindOfFailure, newKeys, newPool } from '../shells/ssh/lab.ts';
import { endless, evil, says } from './evil.ts';

let keys: KeyFolder;
let pool: SshPool;
beforeAll(async () => {
  keys = await newKeys();
  pool = newPool(keys, { connectSeconds: 2 });
});
afterAll(() => pool.close());

test.each([
  [
    'without an end',
    (socket: Socket) =>
      endless(
        (c) => !socket.destroyed && socket.write(c),
        (go) => socket.on('drain', go),
      ),
  ],
  ['of a thousand lines', (socket: Socket) => void socket.write('x\r\n'.repeat(1000))],
  ['that is binary', (socket: Socket) => void socket.write(Buffer.alloc(4096, 0xff))],
  [
    'and a packet of 4 GB',
    (socket: Socket) =>
      void socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64, 0xff)])),
  ],
])('[S86] a banner %s is given up in time, and the client lives on', async (_what, talk) => {
  const before = process.memoryUsage().rss;
  const kind = await kindOfFailure(pool.exec(await says(talk), ['true']));
  expect(['refused', 'deadline', 'lost', 'algorithms']).toContain(kind);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
});

test('[S86] what a target asks to have forwarded is refused', async () => {
  const answers: (Error | undefined)[] = [];
  const target = await evil((session, client) => {
    session.on('exec', (accept) => {
      const channel = accept();
      client.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, (error) => {
        answers.push(error);
        client.x11('127.0.0.1', 1, (again) => {
          answers.push(again);
          channel.exit(0);
          channel.end();
        });
      });
    });
  });
  expect((await pool.exec(target, ['true'])).code).toBe(0);
  expect(answers.map((error) => error instanceof Error)).toEqual([true, true]);
});

test('[S87] output without an end is cut, and ends with the deadline', async () => {
  const target = await evil((session) => {
    session.on('exec', (accept) => {
      const channel = accept();
      channel.on('error', () => channel.destroy());
      endless(
        (chunk) => channel.writable && channel.write(chunk),
        (go) => channel.on('drain', go),
      );
    });
  });
  const before = process.memoryUsage().rss;
  expect(await kindOfFailure(pool.exec(target, ['true'], { deadlineMs: 1500, maxBytes: 1024 }))).toBe(
    'deadline',
  );
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
});

test('[S87] a marker that the target makes up is none: only the nonce of this very call counts', () => {
  const nonce = '0123456789abcdef01234567';
  expect(parseAnswer(`\n${nonce} DONE 0 1 2\n`, nonce)).toMatchObject({ word: 'DONE', rc: 0 });
  for (const forged of [
    'DONE 0 1 2',
    '\nDONE 0 1 2\n',
    '\n DONE 0 1 2\n',
    `\n${nonce.slice(1)} DONE 0 1 2\n`,
    `\n${nonce}\n`,
    `\n${nonce} OK 0\n`,
    '',
  ])
    expect(parseAnswer(forged, nonce), forged).toBeNull();
  expect(parseAnswer(`\n\x1b[2Jaaaa DONE 0 1 1\n\n${nonce} DONE 7 1 2\n`, nonce)?.rc).toBe(7);
});
