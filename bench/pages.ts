import { cpus } from 'node:os';
import { loadSecrets } from '../src/auth/secrets-file.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/store/database.ts';
import { buildApp } from '../src/web/app.ts';
import { listen } from '../src/web/listener.ts';
import { addressesOf } from './pages/addresses.ts';
import { environmentOf, type House, largeHouse, password, size } from './pages/house.ts';
import { bigTables, heard, offenders, rounds } from './pages/queries.ts';
import { type Timed, timed } from './pages/timing.ts';
import { weightOf } from './pages/weight.ts';
import { startWeb } from './programs.ts';
import { atMost, part, printRows, type Row, say } from './rows.ts';
import { Visitor } from './visitor.ts';

const TIMES = 20;
const BIG = 5000;
const people = ['admin', 'developer'] as const;
const started = Date.now();
const note = (text: string) => say(`${((Date.now() - started) / 1000).toFixed(1)} s  ${text}`);

async function filled(): Promise<Row[]> {
  const house = await largeHouse();
  note('filled');
  try {
    return await measured(house);
  } finally {
    await house.end();
  }
}

async function measured({ db, dataDir, groupIds }: House): Promise<Row[]> {
  const developers = await db('grants').where({
    user_id: (await db('users').where({ username: 'developer' }).first()).id,
  });
  const paths = await addressesOf(
    db,
    developers.map(({ group_id }) => group_id).filter((id) => groupIds.includes(id)),
  );
  return [
    ...(await part('time and weight of pages', () => served(dataDir, paths))),
    ...(await part('statements of all pages', () => queryRows(dataDir, paths))),
  ];
}

async function served(dataDir: string, paths: string[]): Promise<Row[]> {
  const rows: Row[] = [];
  const web = await startWeb(environmentOf(dataDir));
  try {
    for (const name of people) {
      const visitor = await new Visitor(web.address).signIn(name, password);
      const found = await timed(visitor, paths, TIMES);
      rows.push(...timingRows(name, found));
      if (name === 'admin')
        for (const path of [
          '/',
          '/health',
          paths.find((one) => /^\/projects\/[a-z]+_service-\d+$/.test(one))!,
        ]) {
          const { bytes, parts } = await weightOf(visitor, path);
          note(
            `weight of ${path}: ${parts.map(([one, size]) => `${one.split('/').at(-1)} ${size}`).join(', ')}`,
          );
          rows.push(
            atMost(
              `first paint of ${path.replace(/[a-z]+_service-\d+/, ':project')}, KB compressed`,
              bytes / 1000,
              300,
            ),
          );
        }
      visitor.leave();
    }
  } finally {
    await web.end();
  }
  return rows;
}

function timingRows(name: string, found: Timed[]): Row[] {
  const shown = found.filter(({ status }) => status === 200).sort((a, b) => b.p95 - a.p95);
  const others = found.filter(({ status }) => status !== 200);
  for (const { path, p50, p95, bytes } of shown)
    note(
      `${name}  p50 ${p50.toFixed(1)}  p95 ${p95.toFixed(1)} ms  ${(bytes / 1000).toFixed(0)} KB  ${path}`,
    );
  for (const { path, status } of others) note(`${name}  ${status} ${path}`);
  // A table over a year or half of one has a bar of its own (R60).
  const wide = shown.filter(({ path }) => path.startsWith('/statistics'));
  const pages = shown.filter((one) => !wide.includes(one));
  const slowest = pages[0]!;
  return [
    atMost(`${name}: the slowest of ${pages.length} pages (${slowest.path}), p95 ms`, slowest.p95, 100),
    atMost(
      `${name}: the slowest of ${wide.length} statistics (${wide[0]!.path}), p95 ms`,
      wide[0]!.p95,
      2000,
    ),
  ];
}

/** The same pages from a console in this process, which hears every statement. */
async function queryRows(dataDir: string, paths: readonly string[]): Promise<Row[]> {
  const settings = readConfig(environmentOf(dataDir));
  const { sessionSecret, vault } = loadSecrets(settings);
  const db = openDatabase(settings);
  const listener = await listen(buildApp({ db, vault, settings, sessionSecret }), '127.0.0.1', 0);
  try {
    const queries = await heard(db, () => askedFor(listener.address, paths));
    const big = await bigTables(db, BIG);
    const found = await offenders(db, queries, big);
    const around = await rounds(db, queries, big);
    note(
      `${queries.length} statements, ${around.length} go round; tables of ${BIG} rows and more: ${[...big].join(', ')}`,
    );
    for (const { told, sql } of around) note(`goes round: ${told}\n      ${sql.slice(0, 300)}`);
    for (const { told, sql } of found) note(`scans: ${told}\n      ${sql}`);
    return [
      atMost(`of ${queries.length} statements of all pages, those that scan a big table`, found.length, 0),
    ];
  } finally {
    await listener.close();
    await db.destroy();
  }
}

async function askedFor(address: string, paths: readonly string[]): Promise<void> {
  for (const name of people) {
    const visitor = await new Visitor(address).signIn(name, password);
    for (const path of paths) await visitor.get(path);
    visitor.leave();
  }
}

note(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, SQLite; ${JSON.stringify(size)}`);
printRows('pages', await part('pages of a large house', filled));
