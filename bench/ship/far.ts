import type { Project } from '../../src/model/project.ts';
import * as releases from '../../src/store/releases.ts';
import type { Bed } from './bed.ts';
import { median, seconds } from './commands.ts';
import { SlowWay } from './slow-way.ts';

const ONE_WAY_MS = 10;

/** For information: the same deploy and rollback over connections with 20 ms more of round trip, and what they send. */
export async function far(bed: Bed, project: Project): Promise<void> {
  const { product, tree, size, report } = bed;
  const targets = bed.some(size.hosts);
  const ways = new Map<string, SlowWay>();
  for (const { name, sshd } of targets)
    ways.set(name, await SlowWay.open(sshd.address, sshd.port, ONE_WAY_MS));
  const sent = () => [...ways.values()].reduce((sum, way) => sum + way.sent, 0);
  const asked = { projectId: project.id, hostIds: await product.hostIds(targets) };
  const times = { deploy: [] as number[], rollback: [] as number[] };
  const bytes = { deploy: [] as number[], rollback: [] as number[] };
  const count = async (kind: 'deploy' | 'rollback', releaseId?: string) => {
    const before = sent();
    times[kind].push(await seconds(async () => void (await product.run({ kind, releaseId, ...asked }))));
    bytes[kind].push(sent() - before);
  };
  try {
    await product.update(targets, ({ name }) => ways.get(name)!.port);
    for (let round = 0; round <= size.rounds; round++) {
      tree.change();
      await product.run({ kind: 'prepare', ...asked });
      await count('deploy');
      const kept = (await releases.kept(product.db, project.id)).sort((a, b) => b.builtAt - a.builtAt);
      await count('rollback', kept[1]!.id);
    }
  } finally {
    await product.update(targets);
    for (const way of ways.values()) await way.close();
  }
  for (const kind of ['deploy', 'rollback'] as const) {
    const kib = median(bytes[kind].slice(1)) / 1024 / targets.length;
    const took = median(times[kind].slice(1)).toFixed(2);
    report.say(`with 20 ms of round trip: ${kind} ${took} s, ${kib.toFixed(1)} KiB sent to each host`);
  }
}
