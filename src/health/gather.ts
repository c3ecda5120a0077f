import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programFile } from '../deploy/probe.ts';
import { CedarError } from '../errors.ts';
import type { HostFacts, PlacementFacts } from '../model/drift.ts';
import type { ProcessInfo } from '../model/process.ts';
import { accessOf } from '../supervisor/access.ts';
import { look } from '../supervisor/look.ts';
import type { Prober } from './prober.ts';
import { readFacts, type Told } from './read-facts.ts';
import { isSupervised } from './seen.ts';
import { type Visit, visits } from './visits.ts';
import type { WatchedHost } from './watch-list.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/facts.sh'), 'utf8');

/** What was gathered of a machine; `message`: the code of an error where some of it could not be. */
export type Gathered = { host: HostFacts | null; placements: PlacementFacts[]; message: string | null };

/** Gathers a machine's facts with one command, and asks its supervisor since when processes run. Changes nothing. */
export async function gather(prober: Prober, watched: WatchedHost): Promise<Gathered> {
  const parts = await Promise.all(visits(watched.placements).map((visit) => gatherOne(prober, visit)));
  const hosts = parts.flatMap(({ host }) => host ?? []);
  const [first] = hosts;
  return {
    host: first ? { clockMs: first.clockMs, disks: hosts.flatMap(({ disks }) => disks) } : null,
    placements: parts.flatMap((part) => part.placements),
    message: parts.find((part) => part.message !== null)?.message ?? null,
  };
}

async function gatherOne(prober: Prober, visit: Visit): Promise<Gathered> {
  try {
    const [told, processes] = await Promise.all([ask(prober, visit), processesOf(prober, visit)]);
    return {
      ...{ host: told.host, message: null },
      placements: visit.placements.flatMap((watched) => {
        const place = told.places.get(watched.project.key);
        if (!place) return [];
        const mine = isSupervised(watched) ? runningOf(processes, watched.project.key) : null;
        return [{ placementId: watched.host.placementId, ...place, processes: mine }];
      }),
    };
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    return { host: null, placements: [], message: error.code };
  }
}

/** @throws SshError, CedarError `facts_unread` (502) */
async function ask({ pool, deadlineMs }: Prober, { target, settings, placements }: Visit): Promise<Told> {
  const nonce = randomBytes(8).toString('hex');
  const paths = [settings.hostPath, settings.logPath];
  const places = placements.flatMap((watched) => [
    watched.project.key,
    isSupervised(watched) ? programFile(watched.host, watched.project.key) : '',
  ]);
  const before = Date.now();
  const argv = ['sh', '-c', script, 'cedar', nonce, ...paths, ...places];
  const result = await pool.exec(target, argv, { deadlineMs });
  if (result.code !== 0) throw new CedarError('facts_unread', { host: target.name }, 502);
  return readFacts(result.stdout, nonce, paths, { before, after: Date.now() });
}

/** Null where nothing needs supervisor, or where it does not tell: the rest is told all the same. */
async function processesOf(prober: Prober, visit: Visit): Promise<ProcessInfo[] | null> {
  if (!visit.placements.some(isSupervised)) return null;
  try {
    const access = accessOf(visit.settings, prober.vault);
    return (await look(prober.pool, visit.target, access, { deadlineMs: prober.deadlineMs })).processes;
  } catch (error) {
    if (error instanceof CedarError) return null;
    throw error;
  }
}

function runningOf(all: ProcessInfo[] | null, group: string): PlacementFacts['processes'] {
  return (
    all
      ?.filter((one) => one.group === group && one.state === 'RUNNING')
      .map(({ name, start }) => ({ name: `${group}:${name}`, start })) ?? null
  );
}
