import { availableParallelism, cpus, totalmem } from 'node:os';
import { part, printRows, type Row, say } from './rows.ts';
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
const { real, fakes, many, rounds } = sizes;
const rows: Row[] = [];
if (real > 0) rows.push(...(await part(`${real} real machines`, () => sweepReal(real, rounds))));
if (fakes > 0)
  rows.push(
    ...(await part(`${fakes} machines of ten services`, () =>
      sweepFakes({ count: fakes, perMachine: 10, sweeps: 40, cold: 30, steady: 3 }),
    )),
  );
if (many > 0)
  rows.push(
    ...(await part(`${many} machines of one service`, () =>
      sweepFakes({ count: many, perMachine: 1, sweeps: 12, cold: null, steady: 60 }),
    )),
  );
printRows('sweep', rows);
