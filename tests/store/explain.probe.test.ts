import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
import { countAll } from '../../src/store/asked-weeks.ts';
import { judgeAll } from '../../src/store/judged-deploys.ts';
import { freshDatabase } from '../lab/database.ts';
import { fill } from '../lab/filled.ts';
import { plansOf } from '../lab/plans.ts';
import { questions } from './list-questions.ts';

const N = Number(process.env.N ?? 5000);
const kind = (process.env.K ?? 'sqlite') as 'sqlite' | 'mariadb';
test('plans', async () => {
  const { db } = await freshDatabase(kind);
  const t0 = Date.now();
  const until = Date.now();
  const filled = await fill(db, {
    projects: Number(process.env.P ?? 300),
    operations: N,
    until,
    audit: N,
    tickets: N / 4,
  });
  await judgeAll(db);
  const t1 = Date.now();
  await countAll(db);
  const out = (s: string) => appendFileSync('/tmp/plans.txt', s + '\n');
  out(`== ${kind} ${N}: filled+judged ${t1 - t0}, counted ${Date.now() - t1}`);
  if (kind === 'mariadb')
    for (const table of [
      'operations',
      'audit',
      'tickets',
      'ticket_parts',
      'judged_deploys',
      'asked_weeks',
      'releases',
    ])
      await db.raw(`ANALYZE TABLE ${table}`);
  for (const [name, ask] of questions(db, filled, until)) {
    await ask();
    const a = performance.now();
    const cpu = process.cpuUsage();
    await ask();
    const used = process.cpuUsage(cpu);
    out(
      `${name}: ${Math.round(performance.now() - a)} ms, cpu ${Math.round((used.user + used.system) / 1000)}`,
    );
    for (const r of await plansOf(db, ask))
      out(`    ${r.whole ? 'WHOLE ' : ''}${r.sorted ? 'SORT ' : ''}${r.told}`);
  }
}, 900_000);
