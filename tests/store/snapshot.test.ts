import { beforeEach, describe, expect, test } from 'vitest';
import { targetOf } from '../../src/shells/ssh/target.ts';
import type { Db } from '../../src/store/database.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { snapshotOf } from '../../src/store/snapshot.ts';
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

    test('a snapshot holds the settings in force and needs an accepted host key', async () => {
      const [one, two] = [await addHost(db, 'one', '10.0.0.1'), await addHost(db, 'two', '10.0.0.2')];
      const shop = await addProject(db, groupId, { name: 'shop', environment: 'online' });
      for (const hostId of [two.id, one.id])
        await placements.add(db, { projectId: shop.id, hostId, processes: 2, env: [] });
      const early = snapshotOf(db, shop.id, [one.id]);
      await expect(early).rejects.toMatchObject({ code: 'host_not_pinned', detail: { host: 'one' } });
      for (const { id } of [one, two])
        await hosts.pin(db, id, { key: `key-${id}`, fingerprint: 'SHA256:x', by: 'amy' });
      const weakSsh = { reason: 'old', by: 'amy', at: 1 };
      await hosts.update(db, two.id, { ...two, weakSsh });
      expect((await hosts.byId(db, two.id))?.weakSsh).toEqual(weakSsh);
      const snapshot = await snapshotOf(db, shop.id, [one.id, two.id]);
      expect(snapshot.hosts.map((host) => targetOf(host).weak)).toEqual([true, undefined]);
      expect(snapshot.hosts.map((host) => host.name)).toEqual(['two', 'one']);
      expect(snapshot.hosts[0]).toMatchObject({ hostKey: `key-${two.id}`, settings: { sshPort: 2222 } });
      expect(snapshot.project).toMatchObject({ key: 'online_shop', production: true, revision: 1 });
      expect(snapshot.project.template).toContain('program');
      await expect(snapshotOf(db, shop.id, ['nobody'])).rejects.toMatchObject({ code: 'host_not_placed' });
    });
  }),
);
