import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { memoryOf } from './rest/memory.ts';
import { Running } from './rest/running.ts';
import { atMost, part, printRows, type Row, say } from './rows.ts';

/*
 * npm run bench:rest — the memory that the product takes while nobody uses it: with the demo's data and fleet (which the
 * health process goes on looking at), and `npm start` by itself. Rest is a minute; -- --seconds=10 makes it shorter.
 */
const seconds = Number(/^--seconds=(\d+)$/.exec(process.argv[2] ?? '')?.[1] ?? 60);
const programs = ['web', 'worker', 'health'];

say(
  `${availableParallelism()} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}; ${seconds} s at rest`,
);
printRows('rest', await part('memory at rest', atRest));

async function atRest(): Promise<Row[]> {
  const begun: Running[] = [];
  try {
    for (const words of [['run', 'demo'], ['start']]) begun.push(await Running.begin(words));
    await pause(seconds * 1000);
    return rowsOf(begun[0]!, begun[1]!);
  } finally {
    await Promise.all(begun.map((one) => one.end()));
  }
}

function rowsOf(demo: Running, plain: Running): Row[] {
  const [web, worker, health] = programs.map((name) => memoryOf(demo.program(name)));
  const all = [plain.npm, ...plain.processes.map(({ pid }) => pid)].map(memoryOf);
  const start = plain.processes.find(({ command }) => /^\S*node .*scripts\/start\.mjs/.test(command));
  const told = [...programs.map((name, at) => [name, [web, worker, health][at]!] as const)];
  for (const [name, { rss, pss }] of told)
    say(`${name}, the demo's data: ${rss.toFixed(0)} MiB resident, ${pss.toFixed(0)} its share`);
  if (start) say(`npm start's own process: ${memoryOf(start.pid).rss.toFixed(0)} MiB resident`);
  say(
    `npm start, everything, npm too: ${sum(all, 'rss').toFixed(0)} MiB resident, shared pages counted each time`,
  );
  return [
    atMost('web, resident MiB', web!.rss, 120),
    atMost('web, worker and health, resident MiB', sum([web!, worker!, health!], 'rss'), 350),
    atMost('npm start with npm itself, MiB with shared pages counted once', sum(all, 'pss'), 350),
  ];
}

function sum(all: { rss: number; pss: number }[], key: 'rss' | 'pss'): number {
  return all.reduce((so, one) => so + one[key], 0);
}
