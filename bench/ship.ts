import { messageOf } from '../src/errors.ts';
import { Bed } from './ship/bed.ts';
import { deploys } from './ship/deploys.ts';
import { far } from './ship/far.ts';
import { fromGit } from './ship/from-git.ts';
import { overhead } from './ship/overhead.ts';
import { Report } from './ship/report.ts';
import { rollbacks } from './ship/rollbacks.ts';
import { wide } from './ship/wide.ts';

/* How fast releases reach hosts, against the tools that people use. Smaller: SHIP_FILES, SHIP_HOSTS, SHIP_WIDE, SHIP_ROUNDS. */
const number = (name: string, usual: number) => Number(process.env[`SHIP_${name}`] ?? usual);
const size = {
  files: number('FILES', 5322),
  hosts: number('HOSTS', 10),
  wide: number('WIDE', 50),
  rounds: number('ROUNDS', 3),
};
const only = process.env.SHIP_ONLY?.split(',');
const report = new Report('ship');
const bed = await Bed.make(size, report);
try {
  const { machines, tree, product } = bed;
  report.say(
    `${tree.files.length + 1} files, ${Math.round(tree.bytes / 1024)} KiB, ${size.rounds} rounds, medians`,
  );
  await machines.grow(size.hosts);
  product.startWorker();
  const site = await product.addProject('site', tree.url, bed.some(size.hosts));
  const parts = {
    deploys: () => deploys(bed, site),
    fromGit: () => fromGit(bed, site),
    rollbacks: () => rollbacks(bed, site),
    far: () => far(bed, site),
    overhead: () => overhead(bed),
    wide: () => wide(bed),
  };
  for (const [name, measure] of Object.entries(parts)) if (!only || only.includes(name)) await measure();
} catch (error) {
  report.say(bed.workerLog());
  report.skipped('the rest', messageOf(error));
} finally {
  await bed.close();
}
report.end();
