import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Nap } from '../../src/deploy/nap.ts';

const LONG = 60_000;

test('a rest ends when somebody says that there is something to see', async () => {
  const nap = new Nap();
  const rest = nap.rest(LONG);
  await pause(100);
  nap.wake();
  await rest;
});

test('what is said during the work, or at the begin of a rest, is not lost', async () => {
  const nap = new Nap();
  nap.wake();
  await nap.rest(LONG);
  const rest = nap.rest(LONG);
  nap.wake();
  await rest;
});

test('what is said again and again does not do away with rests', async () => {
  const nap = new Nap();
  const since = performance.now();
  for (let times = 0; times < 5; times++) {
    nap.wake();
    await nap.rest(LONG);
  }
  expect(performance.now() - since).toBeGreaterThan(200);
});

test('a rest that nobody ends is over at its end, and none is ended by what was said before it', async () => {
  const nap = new Nap();
  nap.wake();
  await nap.rest(LONG);
  const since = performance.now();
  await nap.rest(300);
  expect(performance.now() - since).toBeGreaterThan(290);
  await nap.rest(0);
});
