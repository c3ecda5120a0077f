import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import type { HostSnapshot } from '../../src/model/operation.ts';
import { Guard } from '../../src/shells/guard/guard.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import { startFleet } from './fleet.ts';

const pools: SshPool[] = [];
const folders: string[] = [];

/** A pool with a key of its own; closed when the file's tests are over. */
export async function startPool(): Promise<{ pool: SshPool; keyLine: string; keyDir: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-keys-'));
  folders.push(dir);
  const keys = new KeyFolder(join(dir, 'keys'));
  const { line } = await keys.ensure('default');
  const pool = new SshPool({ keys, connectSeconds: 5, idleSeconds: 60, commandSeconds: 30 });
  pools.push(pool);
  return { pool, keyLine: line, keyDir: keys.dir };
}

/** A fleet host as an operation's snapshot has it. */
export function snapshotHost(host: FleetHost, processes = 1): HostSnapshot {
  return {
    hostId: host.name,
    placementId: `p-${host.name}`,
    name: host.name,
    address: host.address,
    hostKey: host.hostKey,
    settings: host.settings(),
    processes,
    env: [],
    adoption: null,
  };
}

/** One host with the guard in place. */
export async function guardedHost() {
  const { pool, keyLine, keyDir } = await startPool();
  const [fleetHost] = (await startFleet(1, keyLine)) as [FleetHost];
  const host = snapshotHost(fleetHost);
  const guard = new Guard(pool, 'tests');
  await guard.install(host);
  return { pool, guard, host, fleetHost, keyDir };
}

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
