import { beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../../src/store/database.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { addHost, addProject, ground } from './inventory.ts';

eachDatabase((kind) =>
  describe(kind, () => {
    let db: Db;
    let groupId: string;

    beforeEach(async () => {
      ({ db } = await freshDatabase(kind));
      ({ groupId } = await ground(db));
    });

    test('ports of two projects on one machine may not overlap, and the message names the other', async () => {
      const host = await addHost(db, 'one', '10.0.0.1');
      const shop = await addProject(db, groupId, { name: 'shop', port: 4000 });
      const till = await addProject(db, groupId, { name: 'till', port: 4002, environment: 'online' });
      await placements.add(db, { projectId: shop.id, hostId: host.id, processes: 3, env: [] });
      const placing = placements.add(db, { projectId: till.id, hostId: host.id, processes: 2, env: [] });
      await expect(placing).rejects.toMatchObject({
        code: 'ports_taken',
        status: 409,
        detail: { project: 'test_shop', ports: '4002', host: 'one' },
      });
      expect(await placements.ofHost(db, host.id)).toHaveLength(1);
    });

    test('more processes and another first port are held against the neighbours too', async () => {
      const host = await addHost(db, 'one', '10.0.0.1');
      const shop = await addProject(db, groupId, { name: 'shop', port: 4000 });
      const till = await addProject(db, groupId, { name: 'till', port: 4002 });
      const placed = await placements.add(db, { projectId: shop.id, hostId: host.id, processes: 2, env: [] });
      await placements.add(db, { projectId: till.id, hostId: host.id, processes: 1, env: [] });
      await expect(placements.update(db, placed.id, { processes: 3, env: [] })).rejects.toThrow(
        'ports_taken',
      );
      await expect(projects.update(db, till.id, 1, { port: 4001 })).rejects.toThrow('ports_taken');
      expect(await projects.byId(db, till.id)).toMatchObject({ port: 4002, revision: 1 });
      await placements.update(db, placed.id, {
        processes: 2,
        env: [{ name: 'A', value: 'x', secret: false }],
      });
      expect(await placements.byId(db, placed.id)).toMatchObject({ processes: 2, env: [{ name: 'A' }] });
    });

    test('the same ports on another machine are free, and projects without a port never collide', async () => {
      const [one, two] = [await addHost(db, 'one', '10.0.0.1'), await addHost(db, 'two', '10.0.0.2')];
      const shop = await addProject(db, groupId, { name: 'shop' });
      const twin = await addProject(db, groupId, { name: 'twin' });
      const site = await addProject(db, groupId, { name: 'site', port: null });
      await placements.add(db, { projectId: shop.id, hostId: one.id, processes: 2, env: [] });
      await placements.add(db, { projectId: twin.id, hostId: two.id, processes: 2, env: [] });
      await placements.add(db, { projectId: site.id, hostId: one.id, processes: 1, env: [] });
      expect(await placements.all(db)).toHaveLength(3);
    });

    test('of two people who take one port at once, one gets it', async () => {
      const host = await addHost(db, 'one', '10.0.0.1');
      const ids = await Promise.all(
        ['a', 'b', 'c'].map(async (name) => (await addProject(db, groupId, { name })).id),
      );
      const results = await Promise.allSettled(
        ids.map((projectId) => placements.add(db, { projectId, hostId: host.id, processes: 1, env: [] })),
      );
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      expect(await placements.ofHost(db, host.id)).toHaveLength(1);
    });

    test('a port range that runs past 65535 is refused', async () => {
      const host = await addHost(db, 'one', '10.0.0.1');
      const shop = await addProject(db, groupId, { name: 'shop', port: 65_535 });
      const draft = { projectId: shop.id, hostId: host.id, env: [] };
      await expect(placements.add(db, { ...draft, processes: 2 })).rejects.toMatchObject({
        code: 'ports_range',
      });
      await placements.add(db, { ...draft, processes: 1 });
    });

    test('a project stands on a host once, in the order in which hosts were added', async () => {
      const shop = await addProject(db, groupId, { name: 'shop' });
      const names = ['zed', 'amy', 'kim'];
      for (const [index, name] of names.entries()) {
        const host = await addHost(db, name, `10.0.0.${index + 1}`);
        const draft = { projectId: shop.id, hostId: host.id, processes: 1, env: [] };
        await placements.add(db, draft);
        await expect(placements.add(db, draft)).rejects.toMatchObject({ fields: [{ code: 'placed' }] });
      }
      const order = (await placements.ofProject(db, shop.id)).map((placement) => placement.hostId);
      const hostNames = await Promise.all(order.map(async (id) => (await hosts.byId(db, id))?.name));
      expect(hostNames).toEqual(names);
    });

    test('what holds something cannot be removed before it', async () => {
      const host = await addHost(db, 'one', '10.0.0.1');
      const shop = await addProject(db, groupId, { name: 'shop' });
      const placed = await placements.add(db, { projectId: shop.id, hostId: host.id, processes: 1, env: [] });
      await expect(hosts.remove(db, host.id)).rejects.toMatchObject({ code: 'host_in_use', status: 409 });
      await expect(projects.remove(db, shop.id)).rejects.toMatchObject({ code: 'project_has_placements' });
      await placements.remove(db, placed.id);
      await projects.remove(db, shop.id);
      await hosts.remove(db, host.id);
      expect([await hosts.all(db), await projects.all(db)]).toEqual([[], []]);
    });

    test('what was agreed about a machine that already runs the project is kept', async () => {
      const host = await addHost(db, 'one', '10.0.0.1');
      const shop = await addProject(db, groupId, { name: 'shop' });
      const placed = await placements.add(db, { projectId: shop.id, hostId: host.id, processes: 1, env: [] });
      expect(placed.adoption).toBeNull();
      const adoption = {
        agreedBy: 'amy',
        agreedAt: 5,
        keep: [{ path: 'uploads', kind: 'folder' as const }],
      };
      await placements.agree(db, placed.id, adoption);
      expect((await placements.byId(db, placed.id))?.adoption).toEqual(adoption);
    });
  }),
);
