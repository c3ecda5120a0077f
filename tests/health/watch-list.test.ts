import { describe, expect, test } from 'vitest';
import { WatchList } from '../../src/health/watch-list.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import { openDatabase } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import { inventoryText } from '../../src/store/inventory-text.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { addHost, addProject, ground } from '../store/inventory.ts';

eachDatabase((kind) =>
  describe(`the inventory, read again and again on ${kind}`, async () => {
    const { db, settings } = await freshDatabase(kind);
    const elsewhere = openDatabase(settings);
    const { groupId } = await ground(db);
    const host = await addHost(db, 'web1', '192.0.2.1');
    const pinned = { key: 'AAAA', fingerprint: 'SHA256:x', by: 'alice' };
    await hosts.pin(db, host.id, pinned);
    const shop = await addProject(db, groupId, { name: 'shop' });
    const place = { projectId: shop.id, hostId: host.id, processes: 1, env: [] };
    const { id } = await placements.add(db, place);
    const list = new WatchList();
    await list.read(db);

    const draft = { name: 'web1', address: '192.0.2.1', settings: {}, notes: null };
    const variable = { name: 'A', value: 'b', secret: false };
    const [test1] = await environments.all(db);
    const changes: [string, () => Promise<unknown>][] = [
      [
        'settings of a machine',
        () => hosts.update(elsewhere, host.id, { ...draft, settings: { sshPort: 9 } }),
      ],
      ['its name', () => hosts.update(elsewhere, host.id, { ...draft, name: 'web9' })],
      ['another key', () => hosts.pin(elsewhere, host.id, { ...pinned, key: 'BBBB' })],
      ['a key that is gone', () => hosts.update(elsewhere, host.id, { ...draft, address: '192.0.2.9' })],
      ['a key that is there again', () => hosts.pin(elsewhere, host.id, pinned)],
      ['processes of a placement', () => placements.update(elsewhere, id, { processes: 2, env: [] })],
      ['variables', () => placements.update(elsewhere, id, { processes: 2, env: [variable] })],
      ['checks of a project', () => projects.update(elsewhere, shop.id, 1, { settings: withChecks })],
      ['a template', () => projects.update(elsewhere, shop.id, 2, { template: '[program:x]' })],
      [
        'an environment',
        () => environments.update(elsewhere, 'test', { ...test1!, settings: { hostPath: '/srv' } }),
      ],
      ['its variables', () => environments.setVariables(elsewhere, 'test', () => [variable])],
      ['one more machine', async () => added(await addHost(elsewhere, 'web2', '192.0.2.2'))],
      ['one placement less', () => placements.remove(elsewhere, id)],
    ];
    const withChecks = {
      ...defaultProjectSettings,
      checks: { ...defaultProjectSettings.checks, sweep: true },
    };
    const added = ({ id: hostId }: { id: string }) => placements.add(elsewhere, { ...place, hostId });

    test.each(changes)('%s: the next read tells', async (_what, change) => {
      const before = await list.read(db);
      await change();
      const now = await list.read(db);
      expect(now).not.toEqual(before);
      expect(now).toEqual(await new WatchList().read(db));
    });

    test('what did not change is the same object', async () => {
      const before = await list.read(db);
      const now = await list.read(db);
      expect(now.every((one, index) => one === before[index])).toBe(true);
      if (kind === 'sqlite') expect(now).toBe(before);
      await elsewhere.destroy();
    });

    test('who asks while it is being read waits for the same', async () => {
      const shared = new WatchList();
      const [one, other] = await Promise.all([shared.read(db), shared.read(db)]);
      expect(other).toBe(one);
      expect(one).toEqual(await list.read(db));
    });

    test('a column that was added belongs to it', async () => {
      if (kind !== 'sqlite') return expect(await inventoryText(db)).toBeNull();
      await db.schema.alterTable('hosts', (t) => t.integer('weight').nullable());
      const fresh = openDatabase(settings);
      const before = await inventoryText(fresh);
      await fresh('hosts').where({ name: 'web2' }).update({ weight: 3 });
      expect(await inventoryText(fresh)).not.toBe(before);
      await fresh.destroy();
    });
  }),
);
