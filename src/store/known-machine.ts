import type { KnownOf } from '../model/known-machine.ts';
import { acceptedKey } from './arrivals.ts';
import type { Db } from './database.ts';
import * as environments from './environments.ts';
import * as ranges from './expansion-ranges.ts';
import * as hosts from './hosts.ts';
import { databaseAddresses } from './own-address.ts';

/** What is known of a machine that arrives in an environment. */
export async function knownOf(db: Db, environment: string, hostId: string): Promise<KnownOf> {
  const host = await hosts.byId(db, hostId);
  return {
    name: host?.name ?? null,
    pinnedKey: host?.hostKey ?? null,
    acceptedKey: await acceptedKey(db, hostId),
    ranges: await trustedRanges(db, environment),
    own: databaseAddresses(db),
  };
}

/** S82: in production nothing is trusted for the key that it shows first; what was a test environment may become one. */
async function trustedRanges(db: Db, environment: string): Promise<string[]> {
  const found = await environments.byName(db, environment);
  return found && !found.production ? ranges.ofEnvironment(db, environment) : [];
}
