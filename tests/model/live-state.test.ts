import { describe, expect, test } from 'vitest';
import { liveProcesses, worstOf } from '../../src/model/live-state.ts';
import type { ProcessInfo } from '../../src/model/process.ts';

const now = 1_700_000_000_000;

function info(name: string, state: ProcessInfo['state'], more: Partial<ProcessInfo> = {}): ProcessInfo {
  return {
    group: 'g',
    name,
    state,
    pid: 0,
    start: 0,
    stop: 0,
    now: 5000,
    exitStatus: 0,
    spawnError: '',
    ...more,
  };
}

/** The state of a placement whose two processes are in these states. */
function together(one: ProcessInfo, two: ProcessInfo) {
  return worstOf(liveProcesses('g', ['g:a', 'g:b'], [one, two], now));
}

describe('the live state', () => {
  test.each([
    ['RUNNING', 'running'],
    ['STARTING', 'starting'],
    ['STOPPING', 'stopped'],
    ['STOPPED', 'stopped'],
    ['BACKOFF', 'failed'],
    ['FATAL', 'failed'],
    ['UNKNOWN', 'unknown'],
  ] as const)('of a running process and one that is %s is %s: the worst wins', (state, expected) => {
    expect(together(info('a', 'RUNNING'), info('b', state))?.state).toBe(expected);
    expect(together(info('a', state), info('b', 'RUNNING'))?.state).toBe(expected);
  });

  test('tells a program that ended well from one that did not', () => {
    const [well, badly, untold] = liveProcesses(
      'g',
      [],
      [info('a', 'EXITED'), info('b', 'EXITED', { exitStatus: 3 }), info('c', 'EXITED', { exitStatus: -1 })],
      now,
    );
    expect([well?.state, badly?.state, untold?.state]).toEqual(['stopped', 'failed', 'failed']);
    expect([well?.message, badly?.message, untold?.message]).toEqual([null, 'exit status 3', null]);
  });

  test('dates by our clock what the host tells by its own; among equals the latest counts', () => {
    const worst = together(
      info('a', 'RUNNING', { pid: 7, start: 1000 }),
      info('b', 'RUNNING', { pid: 8, start: 4990, stop: 4980 }),
    );
    expect(worst).toEqual({ name: 'g:b', state: 'running', pid: 8, since: now - 10_000, message: null });
  });

  test("carries supervisor's words about a failure", () => {
    expect(
      together(info('a', 'RUNNING'), info('b', 'FATAL', { spawnError: 'no such command' })),
    ).toMatchObject({
      name: 'g:b',
      message: 'no such command',
    });
  });

  test('misses a process that supervisor does not know, but not one that only has another name', () => {
    const running = info('a', 'RUNNING');
    expect(worstOf(liveProcesses('g', ['g:a', 'g:b'], [running], now))).toMatchObject({
      name: 'g:b',
      state: 'stopped',
      message: 'supervisor_absent',
    });
    expect(worstOf(liveProcesses('g', ['g:other'], [running], now))?.state).toBe('running');
    const stranger = { ...info('x', 'FATAL'), group: 'h' };
    expect(liveProcesses('g', ['g:a'], [running, stranger], now)).toHaveLength(1);
  });
});
