import { join } from 'node:path';
import { messageOf } from '../../src/errors.ts';
import type { Project } from '../../src/model/project.ts';
import { ansible } from './ansible.ts';
import type { Bed } from './bed.ts';
import { capistrano } from './capistrano.ts';
import { command, median, seconds } from './commands.ts';
import { KEEP } from './product.ts';
import { rawRsync } from './raw.ts';
import { shipit, tunedShipit } from './shipit.ts';
import type { Tool } from './tool.ts';

const bars: Record<string, { bar: number; atMost?: true }> = {
  ansible: { bar: 3 },
  capistrano: { bar: 2 },
  shipit: { bar: 4 },
  'raw rsync': { bar: 1.15, atMost: true },
};

/**
 * A change of a hundredth of the tree to ten hosts, without build and restart: by the tools, and by the product from
 * the launch of an operation to its end. Nobody builds. capistrano and shipit fetch by themselves, which is how they
 * come; the others are given the tree; the product has it as a prepared release.
 */
export async function deploys(bed: Bed, project: Project): Promise<void> {
  const { machines, tree, size, report } = bed;
  const targets = bed.some(size.hosts);
  const all = [rawRsync, ansible, capistrano, shipit, tunedShipit]
    .map((make) => make(machines, targets, tree))
    .filter(({ name }) => process.env.SHIP_AGAINST?.split(',').includes(name) ?? true);
  const tools = await installed(bed, all);
  const times = new Map<string, number[]>([...tools, { name: 'ours' }].map(({ name }) => [name, []]));
  const hostIds = await bed.product.hostIds(targets);
  const asked = { projectId: project.id, hostIds };
  const ours: Tool = {
    ...{
      name: 'ours',
      live: join('app', project.key),
      install: async () => undefined,
      close: async () => undefined,
    },
    deploy: async () => {
      const operation = await bed.product.run({ kind: 'deploy', ...asked });
      if (process.env.SHIP_TIMELINE) report.say(await bed.product.timeline(operation));
    },
  };
  for (let round = -KEEP; round <= size.rounds; round++) {
    if (round > -KEEP) tree.change();
    await bed.product.run({ kind: 'prepare', ...asked });
    // Only the product needs more than one deploy to be as it is in the long run.
    const running = round < 0 ? [ours] : turned([...tools, ours], round);
    for (const tool of running) {
      // What the one before wrote shall not be waited for by the next one's syncs.
      await command(['sync']);
      const took = await seconds(() => tool.deploy(round));
      if (round > 0) times.get(tool.name)!.push(took);
      const seen =
        round === size.rounds ? targets : targets.slice(round % targets.length, (round % targets.length) + 1);
      for (const machine of seen) await bed.check(tool.live, machine);
    }
  }
  for (const tool of tools) await tool.close();
  for (const [name, took] of times)
    report.say(
      `deploy to ${targets.length} hosts, ${name}: ${took.map((one) => one.toFixed(2)).join(' ')} s`,
    );
  for (const { name } of tools) {
    const { bar, atMost } = bars[name] ?? {};
    if (bar === undefined) continue;
    const row = `deploy of a 1 % change to ${targets.length} hosts against ${name}`;
    const [mine, theirs] = [median(times.get('ours')!), median(times.get(name)!)];
    if (atMost) report.within(row, mine, theirs, bar);
    else report.faster(row, mine, theirs, bar);
  }
}

/** Another one begins each time. */
function turned<T>(items: T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

async function installed({ report }: Bed, tools: Tool[]): Promise<Tool[]> {
  const ready: Tool[] = [];
  for (const tool of tools) {
    try {
      await tool.install();
      ready.push(tool);
    } catch (error) {
      report.skipped(`deploy of a 1 % change against ${tool.name}`, messageOf(error));
    }
  }
  return ready;
}
