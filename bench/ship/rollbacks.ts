import type { Project } from '../../src/model/project.ts';
import * as releases from '../../src/store/releases.ts';
import type { Bed } from './bed.ts';
import { median, seconds } from './commands.ts';

/** Ten hosts go back to a release that they hold, and forth again: no restart, and nothing of the tree is sent. */
export async function rollbacks(bed: Bed, project: Project): Promise<void> {
  const { product, size, report } = bed;
  const targets = bed.some(size.hosts);
  const hostIds = await product.hostIds(targets);
  const kept = (await releases.kept(product.db, project.id)).sort((a, b) => b.builtAt - a.builtAt);
  const times: number[] = [];
  let sent = 0;
  for (let round = 0; round < size.rounds * 2; round++) {
    const releaseId = kept[round % 2 === 0 ? 1 : 0]!.id;
    let id = '';
    times.push(
      await seconds(async () => {
        ({ id } = await product.run({ kind: 'rollback', projectId: project.id, hostIds, releaseId }));
      }),
    );
    sent += await product.filesSent(id);
  }
  for (const machine of targets) await bed.check(`app/${project.key}`, machine);
  report.say(`rollbacks: ${times.map((one) => one.toFixed(2)).join(' ')} s, ${sent} files of the tree sent`);
  report.atMost(
    `rollback of ${targets.length} hosts to a release they hold, seconds`,
    median(times),
    1,
    sent === 0,
  );
}
