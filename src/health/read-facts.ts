import { releaseIdOf } from '../deploy/host-facts.ts';
import type { Disk, HostFacts, PlacementFacts } from '../model/drift.ts';

/** What the script told of one project's place. */
export type PlaceFacts = Omit<PlacementFacts, 'placementId' | 'processes'>;

/** When the script was run, by our clock: epoch ms before and after. */
export type Between = { before: number; after: number };

/** Everything that one run told: of the machine, and of each project's place by its key. */
export type Told = { host: HostFacts; places: Map<string, PlaceFacts> };

/**
 * Reads what src/commands/facts.sh printed, of the lines that carry the nonce.
 * @param paths the host path and the log path, as they were asked for
 */
export function readFacts(text: string, nonce: string, paths: string[], between: Between): Told {
  const facts = text
    .split('\n')
    .filter((line) => line.startsWith(`${nonce} `))
    .map((line) => /^(\w+)=(.*)$/.exec(line.slice(nonce.length + 1)))
    .filter((match) => match !== null)
    .map((match): [string, string] => [match[1] ?? '', match[2] ?? '']);
  const disks = facts.filter(([name]) => name === 'disk').map(([, value]) => value);
  const now = Number(facts.find(([name]) => name === 'now')?.[1]);
  return {
    host: {
      clockMs: clockOf(now, between),
      disks: paths.flatMap((path, index) => diskOf(path, disks[index] ?? '')),
    },
    places: placesOf(facts),
  };
}

/** Between its two moments the script may have read the clock at any: only what is beyond them is off. */
function clockOf(now: number, { before, after }: Between): number {
  if (now < before) return Math.round(now - before);
  return now > after ? Math.round(now - after) : 0;
}

/** Kilobytes used and free, and where it is mounted. */
function diskOf(path: string, value: string): Disk[] {
  const match = /^(\d+) (\d+) (\/.*)$/.exec(value);
  if (!match) return [];
  const [used, free] = [Number(match[1]) * 1024, Number(match[2]) * 1024];
  const all = used + free;
  return [{ path, mount: match[3] ?? '', free, used, percent: all > 0 ? Math.ceil((used / all) * 100) : 0 }];
}

function placesOf(facts: [string, string][]): Map<string, PlaceFacts> {
  const places = new Map<string, PlaceFacts>();
  let key = '';
  for (const [name, value] of facts) {
    if (name === 'project') {
      key = value;
      places.set(key, {
        link: 'absent',
        folder: null,
        releaseId: null,
        switchedAt: null,
        configuration: null,
      });
    }
    const place = places.get(key);
    if (place) Object.assign(place, told(name, value, key));
  }
  return places;
}

function told(name: string, value: string, key: string): Partial<PlaceFacts> {
  if (name === 'plain') return { link: 'plain' };
  if (name === 'switched') return { switchedAt: /^\d+$/.test(value) ? Number(value) : null };
  if (name === 'config') return { configuration: /^([0-9a-f]{64}|none)$/.test(value) ? value : null };
  if (name !== 'link') return {};
  const ours = value.startsWith(`.cedar/${key}/releases/`);
  const folder = ours ? (value.split('/').at(-1) ?? '').slice(0, 160) : null;
  return { link: ours ? 'ours' : 'foreign', folder, releaseId: releaseIdOf(folder) };
}
