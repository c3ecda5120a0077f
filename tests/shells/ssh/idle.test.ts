import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { KeyFolder } from '../../../src/shells/ssh/keys.ts';
import { SshPool } from '../../../src/shells/ssh/pool.ts';
import { targetOf } from '../../../src/shells/ssh/target.ts';
import { startFleet } from '../../lab/fleet.ts';
import { snapshotHost } from '../../lab/guarded-host.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-idle-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('never hands out a connection that is closing for want of use', async () => {
  const keys = new KeyFolder(join(dir, 'keys'));
  const [host] = await startFleet(1, (await keys.ensure('default')).line);
  const pool = new SshPool({ keys, connectSeconds: 5, idleSeconds: 0.02, commandSeconds: 5 });
  const target = targetOf(snapshotHost(host!));
  for (let round = 0; round < 120; round++) {
    expect((await pool.exec(target, ['true'])).code).toBe(0);
    await pause(19 + (round % 5));
  }
  await pool.close();
}, 60_000);
