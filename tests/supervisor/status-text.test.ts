import { expect, test } from 'vitest';
import { readStatus } from '../../src/supervisor/status-text.ts';

const text = `a                                RUNNING   pid 12, uptime 0:01:05
g:g_1                            RUNNING   pid 13, uptime 1 day, 2:00:00
g:g_2                            RUNNING   pid 14, uptime 30 days, 12:00:01
g:g_3                            STARTING
g:g_4                            STOPPED   Not started
g:g_5                            EXITED    Nov 23 03:00 AM
g:g_6                            FATAL     can't find command 'x'
g:g_7                            BACKOFF   Exited too quickly (process log may have details)
`;

test('every form of a status line is understood', () => {
  const processes = readStatus(text, 10_000_000) ?? [];
  expect(processes.map(({ group, name, state, pid }) => [group, name, state, pid])).toEqual([
    ['a', 'a', 'RUNNING', 12],
    ['g', 'g_1', 'RUNNING', 13],
    ['g', 'g_2', 'RUNNING', 14],
    ['g', 'g_3', 'STARTING', 0],
    ['g', 'g_4', 'STOPPED', 0],
    ['g', 'g_5', 'EXITED', 0],
    ['g', 'g_6', 'FATAL', 0],
    ['g', 'g_7', 'BACKOFF', 0],
  ]);
  expect(processes.map(({ now, start }) => (start === 0 ? 0 : now - start))).toEqual([
    65,
    26 * 3600,
    30 * 86_400 + 12 * 3600 + 1,
    0,
    0,
    0,
    0,
    0,
  ]);
  expect(processes.map(({ spawnError }) => spawnError).filter(Boolean)).toEqual([
    "can't find command 'x'",
    'Exited too quickly (process log may have details)',
  ]);
});

test('no programs are an empty list; anything else is not understood', () => {
  expect(readStatus('', 1)).toEqual([]);
  expect(readStatus('unix:///run/supervisor.sock no such file\n', 1)).toBeNull();
  expect(readStatus('a RUNNING pid 1, uptime 0:00:01\nsudo: a password is required\n', 1)).toBeNull();
});
