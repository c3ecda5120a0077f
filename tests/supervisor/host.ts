import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { FleetHost, HostOptions } from '../../src/demo/fleet/host.ts';
import type { HostSnapshot } from '../../src/model/operation.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import { type Target, targetOf } from '../../src/shells/ssh/target.ts';
import { accessOf } from '../../src/supervisor/access.ts';
import { startFleet } from '../lab/fleet.ts';
import { aHost, vault } from './snapshots.ts';

/** A real host, and what it takes to reach it; everything ends with the file's tests. */
export async function reachableHost(options: Partial<HostOptions> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-keys-'));
  const keys = new KeyFolder(join(dir, 'keys'));
  const { line } = await keys.ensure('default');
  const poolOptions = { keys, connectSeconds: 5, idleSeconds: 60, commandSeconds: 20 };
  const pool = new SshPool(poolOptions);
  const [machine] = (await startFleet(1, line, options)) as [FleetHost];
  afterAll(async () => {
    await pool.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const settings = {
    ...machine.settings(),
    supervisorPassword: vault.seal(options.supervisorPassword ?? ''),
  };
  const host: HostSnapshot = aHost({
    name: machine.name,
    address: machine.address,
    hostKey: machine.hostKey,
    settings,
  });
  const target: Target = targetOf(host);
  return { machine, pool, host, target, access: accessOf(settings, vault), options: poolOptions };
}

/** Makes the folders of a project on the machine and writes files into its own. */
export function layProject(machine: FleetHost, key: string, files: Record<string, string>): string {
  const dir = join(machine.hostPath, key);
  mkdirSync(dir, { recursive: true });
  mkdirSync(join(machine.logPath, key), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** Puts a program's file where the machine's supervisord includes it. */
export function writeProgram(machine: FleetHost, key: string, text: string): void {
  writeFileSync(join(machine.supervisorDir, `${key}.conf`), text);
}
