import type { Project } from '../../src/model/project.ts';
import type { Bed } from './bed.ts';
import { median, seconds } from './commands.ts';

/** For information: the same change where nothing was prepared, so that the fetch and the export from git are in it. */
export async function fromGit({ product, tree, size, report, ...bed }: Bed, project: Project): Promise<void> {
  const hostIds = await product.hostIds(bed.machines.all.slice(0, size.hosts));
  const times: number[] = [];
  for (let round = 0; round < size.rounds; round++) {
    tree.change();
    times.push(await seconds(() => product.run({ kind: 'deploy', projectId: project.id, hostIds })));
  }
  report.say(`deploy to ${size.hosts} hosts, ours, from git: median ${median(times).toFixed(2)} s`);
}
