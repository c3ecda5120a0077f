import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { until } from '../src/demo/fleet/until.ts';
import * as operations from '../src/store/operations.ts';
import { Ground, password } from './logs/ground.ts';
import { LogViewer } from './logs/viewer.ts';
import { quantile } from './pages/timing.ts';
import { residentMb, startProgram, startWeb } from './programs.ts';
import { atMost, part, printRows, type Row, say } from './rows.ts';
import { Visitor } from './visitor.ts';

/*
 * npm run bench:logs — from the write of a process to the browsers that look at its operation. A build writes a line
 * each 0.1 s; then 30 KB and a line each 0.1 s, while some of the viewers do not read; then hooks on real machines
 * write one line each. Every line carries its own time; browsers, build and machines have one clock.
 */
const VIEWERS = 500;
const SLOW = 50;
const MACHINES = 8;
const PEOPLE = Array.from({ length: 20 }, (_, number) => `viewer${number}`);
const QUIET = 80;
const LOUD = 150;
const HEARD = 0.95;

/** @param go a file: the lines begin when it is there. */
const build = (go: string) => `say() { echo "stamp $1 $(date +%s%3N)"; sleep 0.1; }
until [ -e ${go} ]; do sleep 0.05; done
for n in $(seq ${QUIET}); do say q; done
for n in $(seq ${LOUD}); do head -c 30000 /dev/zero | tr '\\0' x | fold -w 200; say f; done`;

async function filled(): Promise<Row[]> {
  const ground = new Ground();
  try {
    await ground.fill(MACHINES, PEOPLE, build(join(ground.dir, 'go')), 'echo "stamp h $(date +%s%3N)"');
    return await served(ground);
  } finally {
    await ground.end();
  }
}

async function served(ground: Ground): Promise<Row[]> {
  const web = await startWeb(ground.settings);
  const worker = startProgram('worker', ground.settings);
  try {
    return await measured(ground, web);
  } finally {
    await web.end();
    await worker.end();
  }
}

async function measured(ground: Ground, web: { address: string; pid: number }): Promise<Row[]> {
  const viewers: LogViewer[] = [];
  const heard: Record<string, number[]> = { q: [], f: [], h: [] };
  try {
    const id = await ground.deploy();
    const cookies = await signedIn(web.address);
    for (let n = 0; n < VIEWERS; n++) {
      const hear = (kind: string, after: number) => void (n >= SLOW && heard[kind]?.push(after));
      viewers.push(await LogViewer.open(web.address, cookies[n % cookies.length]!, id, hear));
    }
    const before = residentMb(web.pid);
    writeFileSync(join(ground.dir, 'go'), '');
    await until('the loud part begins', () => heard.f!.length > 0, 60_000);
    for (const viewer of viewers.slice(0, SLOW)) viewer.stall();
    let most = 0;
    const fast = viewers.slice(SLOW);
    const over = () => {
      most = Math.max(most, residentMb(web.pid));
      return fast.every(({ ended }) => ended);
    };
    await until('the fast viewers were told the end', over, 180_000, 100);
    for (const viewer of viewers) viewer.readOn();
    await until('all were told the end', () => viewers.every(({ ended }) => ended), 60_000);
    const operation = await operations.byId(ground.db, id);
    if (operation?.state !== 'succeeded') throw new Error(JSON.stringify(operation?.failure));
    return rows(heard, viewers, before, most);
  } finally {
    for (const viewer of viewers) viewer.close();
  }
}

function rows(heard: Record<string, number[]>, viewers: LogViewer[], before: number, most: number): Row[] {
  const fast = viewers.slice(SLOW);
  const [quiet, loud, hooks] = [heard.q!, heard.f!, heard.h!];
  for (const [name, all] of Object.entries(heard))
    say(
      `${name}: ${all.length} lines, p50 ${quantile(all, 0.5)}, p95 ${quantile(all, HEARD)}, p100 ${quantile(all, 1)} ms`,
    );
  say(`web: ${before.toFixed(0)} MB before the loud part, ${most.toFixed(0)} MB at most`);
  const told = QUIET + LOUD + MACHINES;
  const ungapped = viewers.slice(0, SLOW).filter(({ gaps, lines }) => gaps === 0 && lines < told).length;
  const missed = told * fast.length - quiet.length - loud.length - hooks.length;
  return [
    atMost(`a build's line until it is at ${VIEWERS} viewers, p95 ms`, quantile(quiet, HEARD), 300),
    atMost(`a line of 0.3 MB/s at those that read, ${SLOW} do not, p95 ms`, quantile(loud, HEARD), 300),
    atMost(`the line of a hook on a machine until it is at the viewers, p95 ms`, quantile(hooks, HEARD), 300),
    atMost('lines that those who read were not told', missed, 0),
    atMost('of those who did not read, who miss lines without a gap', ungapped, 0),
    atMost(
      'gaps of those who read',
      fast.reduce((sum, { gaps }) => sum + gaps, 0),
      0,
    ),
    atMost(`what ${SLOW} slow readers of 4.5 MB cost the web process, MB`, most - before, 150),
  ];
}

async function signedIn(address: string): Promise<string[]> {
  const cookies: string[] = [];
  for (const name of PEOPLE) {
    const visitor = await new Visitor(address).signIn(name, password);
    cookies.push(visitor.cookie);
    visitor.leave();
  }
  return cookies;
}

say(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; ${VIEWERS} viewers, ${MACHINES} machines`,
);
printRows('logs', await part(`lines until they are at ${VIEWERS} viewers`, filled));
