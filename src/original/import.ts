import { userInfo } from 'node:os';
import type { Vault } from '../auth/vault.ts';
import * as audit from '../store/audit.ts';
import type { Db } from '../store/database.ts';
import { writing } from '../store/transaction.ts';
import { takeEnvironments } from './environments.ts';
import { Findings } from './finding.ts';
import { takeGrants, takeGroups } from './groups.ts';
import { takeHistory } from './history.ts';
import { takeHosts } from './hosts.ts';
import { takePlacements } from './placements.ts';
import { takeProjects } from './projects.ts';
import type { Original } from './rows.ts';
import type { OriginalSettings } from './settings.ts';
import { takeTickets } from './tickets.ts';
import { takeUsers } from './users.ts';

class Undone extends Error {}

/** So many refused rows the audit row names; the report names all. */
const MOST_TOLD = 200;

/**
 * Takes an original over: all but its history in one transaction, so that it is there wholly or not at all, then the
 * history in parts. Run again it takes what was not taken yet, and changes nothing that is here.
 * @param apply false: says what would be done, and leaves everything as it was
 */
export async function importOriginal(
  db: Db,
  vault: Vault,
  original: Original,
  settings: OriginalSettings,
  apply: boolean,
): Promise<Findings> {
  let findings = new Findings();
  try {
    await writing(db, async (trx) => {
      findings = new Findings();
      await takeAll({ trx, vault, original, settings, findings });
      if (!apply) await takeHistory(trx, original.operations, findings, false);
      if (!apply) throw new Undone();
      const refused = findings.all.filter(({ outcome }) => outcome === 'left').slice(0, MOST_TOLD);
      const after = { counts: findings.counts(), refused };
      const actor = `cli:${userInfo().username}`;
      const entry = { actor, via: 'cli', action: 'import', object: 'original', result: 'ok' } as const;
      await audit.record(trx, { ...entry, after });
    });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
  }
  if (apply) await takeHistory(db, original.operations, findings, true);
  return findings;
}

type Everything = Parameters<typeof takeUsers>[0];

async function takeAll(taking: Everything): Promise<void> {
  const environments = await takeEnvironments(taking);
  const groups = await takeGroups(taking);
  const users = await takeUsers(taking);
  await takeGrants(taking, users, groups);
  const projects = await takeProjects(taking, groups, environments);
  const hosts = await takeHosts(taking);
  await takePlacements(taking, projects, hosts);
  await takeTickets(taking, users, projects);
}
