import { expect, it } from 'vitest';
import { OperationLog } from '../../src/deploy/operation-log.ts';

it('a flood of output waits for a slow store, so that memory stays flat', async () => {
  let stored = 0;
  const open: (() => void)[] = [];
  const log = new OperationLog(async (chunks) => {
    await new Promise<void>((resolve) => open.push(resolve));
    for (const chunk of chunks) stored += chunk.text.length;
  }, []);
  const step = log.step('one');
  let written = 0;
  let most = 0;
  const flood = (async () => {
    for (; written < 24 * 1024 * 1024; written += 64 * 1024) {
      step.output(Buffer.alloc(64 * 1024, 'a'));
      await step.room();
      most = Math.max(most, written - stored);
    }
    await step.close();
  })();
  const store = setInterval(() => open.shift()?.(), 200);
  await flood;
  clearInterval(store);
  expect(stored).toBe(24 * 1024 * 1024);
  expect(most).toBeLessThan(6 * 1024 * 1024);
}, 60_000);

it('does not conclude a step whose log could not be stored', async () => {
  const refused = new Error('the disk is full');
  const log = new OperationLog(() => Promise.reject(refused), []);
  const step = log.step('one');
  step.line('a line that is lost');
  const flushed = log.flush();
  let concluded = false;
  const closed = step.close(async () => {
    concluded = true;
  });
  await expect(flushed).rejects.toBe(refused);
  await expect(closed).rejects.toBe(refused);
  expect(concluded).toBe(false);
});

it('concludes a step after all of its log is stored, in the order written', async () => {
  const order: string[] = [];
  const waiting: (() => void)[] = [];
  const log = new OperationLog(async (chunks) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    order.push(...chunks.map(({ text }) => text));
  }, []);
  const step = log.step('one');
  step.line('first');
  const flushed = log.flush();
  step.line('second');
  const closed = step.close(async (chunks) => {
    order.push(...chunks.map(({ text }) => text), 'concluded');
  });
  await expect.poll(() => waiting.length).toBe(1);
  expect(order).toEqual([]);
  waiting[0]!();
  await Promise.all([flushed, closed]);
  expect(order).toEqual(['first\n', 'second\n', 'concluded']);
});

it('keeps what a refused conclusion was to be stored with', async () => {
  const stored: string[] = [];
  const log = new OperationLog(async (chunks) => {
    stored.push(...chunks.map(({ text }) => text));
  }, []);
  const step = log.step('one');
  step.line('kept');
  await expect(step.close(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  await log.flush();
  expect(stored).toEqual(['kept\n']);
});

it('waits for what is on its way with the outcome of another step', async () => {
  const log = new OperationLog(async () => undefined, []);
  const one = log.step('one');
  const other = log.step('other');
  other.output(Buffer.alloc(3 * 1024 * 1024, 'a'));
  let end = () => {};
  const closed = one.close(() => new Promise((resolve) => (end = resolve)));
  let room = false;
  const waited = other.room().then(() => (room = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(room).toBe(false);
  end();
  await Promise.all([closed, waited]);
});
