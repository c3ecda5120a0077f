import { beforeEach, describe, expect, test } from 'vitest';
import { defaultProjectSettings } from '../../src/model/project.ts';
import type { Db } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as gitServers from '../../src/store/git-servers.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as projects from '../../src/store/projects.ts';
import * as sshKeys from '../../src/store/ssh-keys.ts';
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

    test('environments keep their order, their nature and their settings', async () => {
      await environments.add(db, { name: 'dev', production: false, position: 0, settings: {} });
      expect((await environments.all(db)).map((env) => env.name)).toEqual(['dev', 'test', 'online']);
      const draft = { production: true, position: 9, settings: { sshUser: 'app' } };
      await environments.update(db, 'dev', draft);
      expect(await environments.byName(db, 'dev')).toMatchObject(draft);
      const again = environments.add(db, { name: 'dev', ...draft });
      await expect(again).rejects.toMatchObject({ fields: [{ field: 'name', code: 'taken' }] });
    });

    test('an environment with projects stays', async () => {
      const shop = await addProject(db, groupId, { name: 'shop' });
      await expect(environments.remove(db, 'test')).rejects.toMatchObject({ code: 'environment_in_use' });
      await projects.remove(db, shop.id);
      await environments.remove(db, 'test');
      expect(await environments.byName(db, 'test')).toBeNull();
    });

    test('a host is one machine: neither its name nor its address is taken twice', async () => {
      await addHost(db, 'one', '10.0.0.1');
      await expect(addHost(db, 'one', '10.0.0.2')).rejects.toMatchObject({ fields: [{ field: 'name' }] });
      await expect(addHost(db, 'two', '10.0.0.1')).rejects.toMatchObject({
        fields: [{ field: 'address', code: 'address_taken', detail: { host: 'one' } }],
      });
      await hosts.add(db, { name: 'nat', address: '10.0.0.1', settings: { sshPort: 2202 }, notes: null });
      expect(await hosts.byName(db, 'nat')).toMatchObject({ settings: { sshPort: 2202 } });
    });

    test('a pinned key stays with the address that proved it', async () => {
      const { id } = await addHost(db, 'one', '10.0.0.1');
      await hosts.pin(db, id, { key: 'AAAA', fingerprint: 'SHA256:x', by: 'amy' });
      const draft = { name: 'uno', address: '10.0.0.1', settings: {}, notes: 'rack 3' };
      expect(await hosts.update(db, id, draft)).toMatchObject({
        name: 'uno',
        hostKey: 'AAAA',
        notes: 'rack 3',
      });
      const moved = await hosts.update(db, id, { ...draft, address: '10.0.0.9' });
      expect(moved).toMatchObject({ hostKey: null, hostKeyFingerprint: null, hostKeyPinnedAt: null });
    });

    test('a form saved from an older state of the project is refused and changes nothing', async () => {
      const shop = await addProject(db, groupId, { name: 'shop' });
      expect(await projects.update(db, shop.id, 1, { branch: 'next' })).toMatchObject({ revision: 2 });
      const late = projects.update(db, shop.id, 1, { branch: 'older' });
      await expect(late).rejects.toMatchObject({ code: 'project_changed', status: 409 });
      expect(await projects.byKey(db, 'test_shop')).toMatchObject({
        branch: 'next',
        revision: 2,
        settings: defaultProjectSettings,
      });
    });

    test('projects come by environment and name, and only those of the groups asked for', async () => {
      await addProject(db, groupId, { name: 'b', environment: 'online' });
      await addProject(db, groupId, { name: 'z' });
      await addProject(db, groupId, { name: 'a' });
      expect((await projects.all(db)).map((project) => project.key)).toEqual([
        'test_a',
        'test_z',
        'online_b',
      ]);
      expect(await projects.ofGroups(db, [])).toEqual([]);
      expect(await projects.ofGroups(db, [groupId])).toHaveLength(3);
      await expect(addProject(db, groupId, { name: 'a' })).rejects.toMatchObject({
        fields: [{ field: 'name' }],
      });
    });

    test('keys and git servers are published and pinned anew in place', async () => {
      for (const publicKey of ['ssh-ed25519 AAA', 'ssh-ed25519 BBB'])
        await sshKeys.publish(db, { name: 'default', publicKey, fingerprint: 'SHA256:1' });
      expect(await sshKeys.all(db)).toMatchObject([{ name: 'default', publicKey: 'ssh-ed25519 BBB' }]);
      for (const key of ['AAA', 'BBB'])
        await gitServers.pin(db, { server: 'git.example.com:22', key, fingerprint: 'SHA256:2', by: 'amy' });
      expect(await gitServers.all(db)).toHaveLength(1);
      expect(await gitServers.byServer(db, 'git.example.com:22')).toMatchObject({ hostKey: 'BBB' });
      await gitServers.remove(db, 'git.example.com:22');
      expect(await gitServers.byServer(db, 'git.example.com:22')).toBeNull();
    });
  }),
);
