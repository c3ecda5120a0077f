import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FleetHost, startHost } from '../../src/demo/fleet/host.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { keyOf, type Machine } from './inventory.ts';

const EACH = 2;
const RELEASE = 'test-20261123_10-20-30';

/**
 * Machines played by real sshd and supervisord, on each of which two services of two processes run.
 * @param hosts they are added here as they start, so that whoever asked can end those that did
 */
export async function startMachines(
  dir: string,
  count: number,
  keys: string[],
  hosts: FleetHost[],
): Promise<void> {
  for (let number = 0; number < count; number++) {
    const name = `h${number}`;
    const address = `127.63.0.${number + 1}`;
    hosts.push(await startHost({ dir: join(dir, name), name, address, authorizedKey: keys }));
    for (const project of projectsOf(number)) lay(hosts[number]!, keyOf(project));
    await load(hosts[number]!);
  }
}

export function machineOf(host: FleetHost, number: number): Machine {
  const { name, address, hostKey } = host;
  return { name, address, hostKey, settings: host.settings(), projects: projectsOf(number) };
}

const projectsOf = (number: number) => [number * EACH, number * EACH + 1];

function lay(host: FleetHost, key: string): void {
  const release = `.cedar/${key}/releases/${RELEASE}`;
  mkdirSync(join(host.hostPath, release), { recursive: true });
  symlinkSync(release, join(host.hostPath, key));
  const program = `[program:${key}]\ncommand=/bin/sleep 100000\nnumprocs=2\nprocess_name=%(program_name)s_%(process_num)d\nstartsecs=0\n`;
  writeFileSync(join(host.supervisorDir, `${key}.conf`), program);
}

async function load(host: FleetHost): Promise<void> {
  await host.stopSupervisor();
  await host.startSupervisor();
  await until(`${host.name} answers`, () => host.supervisordPid > 0);
}
