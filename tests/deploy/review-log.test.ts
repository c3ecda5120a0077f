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
