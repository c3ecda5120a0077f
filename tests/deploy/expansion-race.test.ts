import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { type Expansion, expand } from '../../src/deploy/expand.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import type { Db } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import { join, leave } from '../../src/store/joining.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as releases from '../../src/store/releases.ts';
import { writing } from '../../src/store/transaction.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';

const by = { id: ulid(), username: 'token:scaler', displayName: 'token:scaler' };

/** A project of the one group with a good release, and the call that brings a machine into it. */
async function wishFor(db: Db, name: string, port: number): Promise<Expansion> {
  const [group] = await groups.all(db);
  const groupId = group?.id ?? ulid();
  if (!group) await groups.add(db, { id: groupId, name: 'group', notes: null });
  const project = await projects.add(db, {
    ...{ environment: 'test', name, groupId, type: 'nodejs', port, gitUrl: 'https://git.example.com/a.git' },
    ...{ branch: 'main', settings: defaultProjectSettings, template: null, env: [], notes: null },
  });
  const id = ulid();
  await releases.add(db, {
    ...{ id, projectId: project.id, name: `r-${name}`, commit: 'a'.repeat(40), subject: '', author: '' },
    ...{ committedAt: null, configHash: '', manifestHash: '', files: 1, bytes: 1, state: 'kept' },
    ...{ goodAt: null, badAt: null, pinned: false, operationId: id, builtAt: 1 },
  });
  await releases.markGood(db, id);
  return { projectId: project.id, address: '10.5.0.1', name: 'new', by, via: 'api' };
}

eachDatabase((kind) =>
  describe(`expansions that meet, on ${kind}`, () => {
    it('of one machine into one project are one operation; into two projects they make one host', async () => {
      const { db } = await freshDatabase(kind);
      await environments.add(db, { name: 'test', production: false, position: 0, settings: {} });
      const [shop, till] = [await wishFor(db, 'shop', 4000), await wishFor(db, 'till', 5000)];
      const asked = await Promise.all(
        [shop, till, shop, till, shop, shop, till, shop].map((wish) => expand(db, wish)),
      );
      expect(new Set(asked.map(({ id }) => id)).size).toBe(2);
      const [one, other] = [asked[0]!, asked[1]!];
      expect(other.snapshot.hosts[0]?.hostId).toBe(one.snapshot.hosts[0]?.hostId);
      const comes = (operation: typeof one) =>
        writing(db, (trx) =>
          join(
            trx,
            operation,
            { ...operation.snapshot.hosts[0]!, hostKey: 'S0VZ' },
            operation.snapshot.params.arrival!,
          ),
        );
      await Promise.all([comes(one), comes(other), comes(one)]);
      const [host, ...more] = await hosts.all(db);
      expect(more).toEqual([]);
      expect(host).toMatchObject({ name: 'new', hostKey: 'S0VZ', hostKeyPinnedBy: 'token:scaler' });
      expect(await placements.ofHost(db, host!.id)).toHaveLength(2);
      for (let time = 0; time < 2; time++)
        await writing(db, (trx) => leave(trx, one, one.snapshot.hosts[0]!));
      expect(await placements.ofHost(db, host!.id)).toMatchObject([{ projectId: till.projectId }]);
      const audited = await db('audit').where({ action: 'placement.remove' });
      expect(audited).toHaveLength(1);
    });

    it('whose ports belong to another project by then are refused when they come', async () => {
      const { db } = await freshDatabase(kind);
      await environments.add(db, { name: 'test', production: false, position: 0, settings: {} });
      const [shop, till] = [await wishFor(db, 'shop', 4000), await wishFor(db, 'till', 4000)];
      const [one, other] = [await expand(db, shop), await expand(db, till)];
      const comes = (operation: typeof one) =>
        writing(db, (trx) =>
          join(trx, operation, operation.snapshot.hosts[0]!, operation.snapshot.params.arrival!),
        );
      await comes(one);
      await expect(comes(other)).rejects.toMatchObject({ code: 'ports_taken' });
      expect(await placements.all(db)).toHaveLength(1);
    });
  }),
);
