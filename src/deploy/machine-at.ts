import type { Host } from '../model/host.ts';
import { settingsInForce } from '../model/host-settings.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as hosts from '../store/hosts.ts';

/**
 * The host of the inventory at an address; where several share it, the one that an environment's ssh port leads to.
 * Null: it is not known.
 */
export async function machineAt(db: Db, environment: string, address: string): Promise<Host | null> {
  const there = (await hosts.all(db)).filter((host) => host.address === address);
  const port = await sshPortOf(db, environment);
  return there.find((host) => (host.settings.sshPort ?? port) === port) ?? there[0] ?? null;
}

/** The port on which machines of an environment are reached, unless they say otherwise. */
export async function sshPortOf(db: Db, name: string): Promise<number> {
  const environment = await environments.byName(db, name);
  return settingsInForce(environment?.settings ?? {}, {}).sshPort;
}
