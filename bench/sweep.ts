import { availableParallelism, cpus, totalmem } from 'node:os';
import { printRows, type Row, say } from './rows.ts';
import { sweepFakes } from './sweep/fakes.ts';
import { sweepReal } from './sweep/real.ts';

/*
 * npm run bench:sweep — what a look at all machines costs. Sizes can be made smaller:
 *   npm run bench:sweep -- --real=8 --fakes=100 --many=500 --rounds=2
 */
const sizes = { real: 60, fakes: 1000, many: 10_000, rounds: 3 };
for (const option of process.argv.slice(2)) {
  const [, name = '', value] = /^--(\w+)=(\d+)$/.exec(option) ?? [];
  if (name in sizes) sizes[name as keyof typeof sizes] = Number(value);
}

say(
  `${availableParallelism()} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
const rows: Row[] = [];
if (sizes.real > 0) rows.push(...(await sweepReal(sizes.real, sizes.rounds)));
if (sizes.fakes > 0)
  rows.push(...(await sweepFakes({ count: sizes.fakes, perMachine: 10, sweeps: 40, cold: 30, steady: 3 })));
if (sizes.many > 0)
  rows.push(...(await sweepFakes({ count: sizes.many, perMachine: 1, sweeps: 12, cold: null, steady: 60 })));
printRows('sweep', rows);
