import { CedarError } from '../errors.ts';
import { judgeAddress } from '../model/host-address.ts';
import * as hosts from '../store/hosts.ts';
import * as imported from '../store/imported.ts';
import { databaseAddresses } from '../store/own-address.ts';
import type { OldServer } from './rows.ts';
import type { Taking } from './taking.ts';

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * Takes the machines, one for each address; gives their ids by the original's address. Their ssh keys are nobody's
 * yet: an admin accepts each one, because the original never looked at them.
 */
export async function takeHosts(taking: Taking): Promise<Map<string, string>> {
  const there = new Map((await hosts.all(taking.trx)).map((host) => [host.address, host.id]));
  const names = new Set((await hosts.all(taking.trx)).map((host) => host.name));
  const ids = new Map<string, string>();
  for (const server of byAddress(taking.original.servers)) {
    const known = there.get(server.ip.toLowerCase());
    if (known) taking.findings.add('host', server.ip, 'there');
    const id = known ?? (await earlier(taking, server.ip)) ?? (await takeHost(taking, server, names));
    if (id) ids.set(server.ip, id);
  }
  return ids;
}

/** What it was taken as before, whatever its address is now; empty where it was removed here. */
async function earlier({ trx, findings }: Taking, ip: string): Promise<string | null> {
  const id = await imported.takenAs(trx, 'host', ip);
  if (id === null) return null;
  const here = await hosts.byId(trx, id);
  findings.add('host', ip, 'there', here ? 'it has another address here' : 'removed here since');
  return here ? id : '';
}

function byAddress(servers: OldServer[]): OldServer[] {
  return [...new Map(servers.filter(({ ip }) => ip !== '').map((server) => [server.ip, server])).values()];
}

async function takeHost(taking: Taking, server: OldServer, names: Set<string>): Promise<string | null> {
  const { trx, settings, findings } = taking;
  const rules = { allowLoopback: settings.allowLoopback, own: databaseAddresses(trx) };
  const verdict = judgeAddress(server.ip, rules);
  if (!verdict.ok) {
    findings.add('host', server.ip, 'left', 'it is no address that hosts may have');
    return null;
  }
  const wished = server.hostname.toLowerCase();
  const name = NAME.test(wished) && !names.has(wished) ? wished : verdict.address;
  try {
    const { id } = await hosts.add(trx, { name, address: verdict.address, settings: {}, notes: null });
    names.add(name);
    await imported.remember(trx, 'host', server.ip, id);
    findings.add(
      'host',
      server.ip,
      'taken',
      name === wished ? '' : `its name "${server.hostname}" was not free or no name`,
    );
    return id;
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    findings.add('host', server.ip, 'left', 'its name or address is taken by another host');
    return null;
  }
}
