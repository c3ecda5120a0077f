import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pulseOf } from '../../src/model/process-pulse.ts';
import * as placements from '../../src/store/placements.ts';
import * as workers from '../../src/store/workers.ts';
import { recordPlacements } from '../lab/looks.ts';
import { alarmOf } from './alarmed.ts';
import { type Town, town } from './people.ts';
import { runIn, shopIn } from './shop.ts';

const token = 'a-token-of-at-least-24-signs';
let t: Town;
let text = '';
const read = (authorization = `Bearer ${token}`) =>
  t.nobody.get('/metrics').set('Authorization', authorization);
beforeAll(async () => {
  t = await town({ CEDAR_METRICS_TOKEN: token });
  const shop = await shopIn(t);
  const [place] = await placements.ofProject(t.db, shop.online.id);
  await recordPlacements(t.db, [
    ...[
      { placementId: place!.id, state: 'failed', since: null, release: null, message: null, processes: [] },
    ],
  ] as Parameters<typeof recordPlacements>[1]);
  await alarmOf(t.db, shop.online, place!);
  await runIn(t, shop, shop.online);
  const me = { id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', kind: 'health', machine: 'm"1\n', pid: 7 } as const;
  await workers.register(t.db, me);
  await workers.beat(t.db, me.id, pulseOf(process.memoryUsage(), process.cpuUsage(), 1500));
  const answer = await read().expect(200);
  expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4');
  text = answer.text;
});
afterAll(() => t.end());

test('tells of fleet, sweeps, operations, queues, alarms and every process', () => {
  const wanted = [
    /^cedar_placements\{state="failed"\} 1$/m,
    /^cedar_placements\{state="unknown"\} \d+$/m,
    /^cedar_hosts\{state="unknown"\} \d+$/m,
    /^cedar_sweep_hosts_looked \d+$/m,
    /^cedar_operations_live\{kind="deploy",state="running"\} 1$/m,
    /^cedar_queue_waiting\{queue="questions"\} 0$/m,
    /^cedar_queue_oldest_age_seconds\{queue="notices"\} 0$/m,
    /^cedar_alarms_open\{kind="service",acknowledged="no"\} 1$/m,
    /^cedar_process_up\{program="health",machine="m\\"1\\n",id="01ARZ3NDEKTSV4RRFFQ69G5FAV"\} 1$/m,
    /^cedar_sweep_seconds\{.*\} 1.5$/m,
    /^cedar_process_resident_bytes\{.*\} \d+$/m,
    /^process_resident_memory_bytes \d+$/m,
  ];
  for (const line of wanted) expect(text).toMatch(line);
  expect(text).not.toContain('online_shop');
});

test('however often it is asked, the database is asked once in a while', async () => {
  let queries = 0;
  t.db.on('query', () => {
    queries += 1;
  });
  await Promise.all([read().expect(200), read().expect(200), read().expect(200)]);
  expect(queries).toBe(0);
});

test('nobody reads it without the token, signed in or not, and nobody learns of the fleet', async () => {
  for (const wrong of ['', 'Bearer ', 'Bearer x', `Basic ${token}`, `Bearer ${token}x`]) {
    const answer = await read(wrong).expect(401);
    expect([answer.headers['www-authenticate'], answer.text]).toEqual(['Bearer', 'unauthorized\n']);
  }
  await t.admin.get('/metrics').expect(401);
});

test('without a setting the address is none; a named address needs no token, a forged header is no address', async () => {
  const closed = await town();
  await closed.nobody.get('/metrics').expect(404);
  await closed.end();
  const open = await town({ CEDAR_METRICS_FROM: '127.0.0.1, 10.0.0.0/8' });
  await request(open.app).get('/metrics').expect(200);
  await open.end();
  const other = await town({ CEDAR_METRICS_FROM: '10.0.0.0/8' });
  await request(other.app).get('/metrics').set('X-Forwarded-For', '10.1.1.1').expect(404);
  await other.end();
});

test('ready: yes, and no with the reason', async () => {
  const ready = () => t.nobody.get('/readyz');
  expect((await ready().expect(200)).body).toEqual({ status: 'ready' });
  await t.db.schema.renameTable('sessions', 'elsewhere');
  expect((await ready().expect(503)).body).toEqual({ status: 'not ready', reason: 'sessions' });
  await t.db.schema.renameTable('elsewhere', 'sessions');
  t.app.locals.leaving = true;
  expect((await ready().expect(503)).body).toEqual({ status: 'not ready', reason: 'ending' });
  t.app.locals.leaving = false;
});
