import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ulid } from 'ulid';
import { beforeAll, describe, expect, test } from 'vitest';
import { openings } from '../../src/deploy/openings.ts';
import type { Project } from '../../src/model/project.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as placements from '../../src/store/placements.ts';
import * as windows from '../../src/store/windows.ts';
import { eachDatabase, type FreshDatabase, freshDatabase } from '../lab/database.ts';
import { addHost, addProject, ground } from '../store/inventory.ts';

const program = join(import.meta.dirname, 'launch-once.ts');
const zones = { 'America/New_York': 300, 'Asia/Shanghai': -480 } as const;
type Zone = keyof typeof zones;

/** Hours of every day around the present ones on the clocks of a zone. */
function aroundNow(zone: Zone): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' });
  const hour = Number(format.format(new Date()));
  const text = (at: number) => `${String((at + 24) % 24).padStart(2, '0')}:00`;
  return `daily ${text(hour - 1)}-${text(hour + 2)}`;
}

eachDatabase((kind) =>
  describe(`[S30] windows judged on ${kind}`, () => {
    let own: FreshDatabase;
    let shop: Project;
    let till: Project;
    let hostId: string;
    beforeAll(async () => {
      own = await freshDatabase(kind);
      const { groupId } = await ground(own.db);
      shop = await addProject(own.db, groupId, { name: 'shop', environment: 'online' });
      till = await addProject(own.db, groupId, { name: 'till', environment: 'online', port: 5000 });
      hostId = (await addHost(own.db, 'web1', '192.0.2.1')).id;
      await own.db('hosts').update({ host_key: 'AAAA' });
      for (const { id } of [shop, till])
        await placements.add(own.db, { projectId: id, hostId, processes: 1, env: [] });
    });

    const set = (of: Project, zone: Zone, hours: string, extra = '') =>
      windows.add(own.db, { scope: { kind: 'project', id: of.id }, zone, hours, extra });
    const clear = async () => {
      for (const { id } of await windows.all(own.db)) await windows.remove(own.db, id);
      await own.db('locks').delete();
    };

    test.each([
      ['Asia/Shanghai', 'America/New_York'],
      ['America/New_York', 'Asia/Shanghai'],
    ] as const)('hours in %s are not those of a process in %s', async (zone, TZ) => {
      await clear();
      await set(shop, zone, aroundNow(zone));
      await set(till, zone, aroundNow(TZ));
      const words = ['--import', 'tsx', program, hostId, ulid(), shop.id, till.id];
      const env = { ...process.env, ...own.env, TZ };
      const { stdout } = await promisify(execFile)(process.execPath, words, { env });
      expect(stdout.trim()).toBe(`${zones[TZ]} begun window_closed`);
    });

    test('an extra day opens, a freeze wins over it, and each is kept as it was set', async () => {
      await clear();
      const zone = 'Asia/Shanghai';
      const today = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date());
      const judged = async () => (await openings(own.db)).opennessFor({ ...shop, production: true });
      const closed = await set(shop, zone, '');
      expect(await judged()).toMatchObject({ open: false, until: null });
      await windows.remove(own.db, closed);
      await set(shop, zone, '', `${today} 00:00-24:00`);
      expect(await judged()).toMatchObject({ open: true, until: expect.any(Number) });
      const [from, to] = [Date.now() - 60_000, Date.now() + 600_000];
      const scope = { kind: 'everything', id: '' } as const;
      const id = await freezes.add(own.db, { scope, from, to, reason: 'stocktaking', by: 'Ada' });
      expect(await judged()).toMatchObject({ open: false, freeze: { from, to, reason: 'stocktaking' } });
      await freezes.remove(own.db, id);
      expect(await judged()).toMatchObject({ open: true });
    });
  }),
);
