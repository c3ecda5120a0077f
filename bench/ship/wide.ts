import { join } from 'node:path';
import type { Bed } from './bed.ts';
import { command, median, seconds, together } from './commands.ts';
import { KEEP } from './product.ts';
import { plainRsync } from './raw.ts';

/**
 * Shipping to fifty hosts, against `rsync -az` into the live folder, 16 at a time. Of the product its own stage is
 * counted: from the first host's begin to the last host's end, each with a whole, verified release of its own beside
 * the running one, which rsync does not make.
 */
export async function wide(bed: Bed): Promise<void> {
  const { machines, tree, size, report, product } = bed;
  await machines.grow(size.wide);
  const targets = bed.some(size.wide);
  const theirs = plainRsync(machines, targets, tree);
  await theirs.install();
  const pristine = join(bed.dir, 'pristine');
  await command(['rsync', '-a', '--exclude=/.git', `${tree.dir}/`, `${pristine}/`]);
  await together(
    targets,
    2,
    async ({ dir }) => void (await command(['cp', '-a', pristine, join(dir, 'plain')])),
  );
  const project = await product.addProject('wide', tree.url, targets);
  const asked = { projectId: project.id, hostIds: await product.hostIds(targets) };
  await product.run({ kind: 'deploy', ...asked });
  for (let round = 0; round < KEEP; round++) {
    tree.change();
    await product.run({ kind: 'deploy', ...asked });
  }
  const times = { ours: [] as number[], whole: [] as number[], theirs: [] as number[] };
  for (let round = 1; round <= size.rounds; round++) {
    tree.change();
    await product.run({ kind: 'prepare', ...asked });
    const ship = async () => void times.theirs.push(await seconds(() => theirs.deploy(round)));
    if (round % 2) await ship();
    let id = '';
    times.whole.push(
      await seconds(async () => {
        ({ id } = await product.run({ kind: 'deploy', ...asked }));
      }),
    );
    times.ours.push(await product.staging(id));
    if (!(round % 2)) await ship();
    for (const machine of [targets[0]!, targets.at(-1)!])
      for (const live of [join('app', project.key), theirs.live]) await bed.check(live, machine);
  }
  const shown = (list: number[]) => list.map((one) => one.toFixed(2)).join(' ');
  report.say(`${targets.length} hosts: rsync -az ${shown(times.theirs)} s; our stage ${shown(times.ours)} s`);
  report.say(
    `${targets.length} hosts: our whole operation, checks, switch and journal included, ${shown(times.whole)} s`,
  );
  const row = `shipping to ${targets.length} hosts against rsync -az, 16 at a time`;
  report.faster(row, median(times.ours), median(times.theirs), 3);
}
