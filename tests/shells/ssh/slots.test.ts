import { expect, test } from 'vitest';
import { Slots } from '../../../src/shells/ssh/slots.ts';

test('so many at once, the others in the order in which they came', async () => {
  const slots = new Slots(2);
  const order: number[] = [];
  let most = 0;
  const work = async (at: number) => {
    const release = await slots.take();
    most = Math.max(most, slots.inUse);
    await Promise.resolve();
    order.push(at);
    release();
    release();
  };
  await Promise.all([0, 1, 2, 3, 4, 5, 6].map(work));
  expect([most, order, slots.inUse]).toEqual([2, [0, 1, 2, 3, 4, 5, 6], 0]);
});

test('one who goes away while waiting takes no slot', async () => {
  const slots = new Slots(1);
  const release = await slots.take();
  const abort = new AbortController();
  const leaving = slots.take(abort.signal);
  const staying = slots.take();
  abort.abort(new Error('gone'));
  await expect(leaving).rejects.toThrow('gone');
  release();
  (await staying)();
  expect(slots.inUse).toBe(0);
  await expect(slots.take(abort.signal)).rejects.toThrow('gone');
});

test('fewer slots: nobody loses one, nobody gets one too many', async () => {
  const slots = new Slots(3);
  const held = await Promise.all([slots.take(), slots.take(), slots.take()]);
  slots.reduceTo(1);
  let entered = false;
  const waiting = slots.take().then((release) => {
    entered = true;
    return release;
  });
  held[0]?.();
  held[1]?.();
  await Promise.resolve();
  expect([entered, slots.inUse]).toEqual([false, 1]);
  held[2]?.();
  (await waiting)();
  expect(slots.inUse).toBe(0);
});

test('more slots again: one who waits gets it, but never more than at the start', async () => {
  const slots = new Slots(2);
  const held = [await slots.take()];
  slots.reduceTo(1);
  const waiting = slots.take();
  slots.raise();
  held.push(await waiting);
  slots.raise();
  expect(slots.inUse).toBe(2);
  const third = slots.take(AbortSignal.timeout(20));
  await expect(third).rejects.toThrow();
  for (const release of held) release();
  expect(slots.inUse).toBe(0);
});
