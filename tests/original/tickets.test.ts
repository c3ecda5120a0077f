import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import { importOriginal } from '../../src/original/import.ts';
import { readOriginal } from '../../src/original/read.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as tickets from '../../src/store/tickets.ts';
import { eachDatabase, mariadbOfFile } from '../lab/database.ts';
import { fillShop, oldSettings } from '../lab/original-shop.ts';
import { Browser, type Town, town } from '../web/people.ts';
import { answering } from '../web/setup-forms.ts';

const commit = 'c'.repeat(40);

eachDatabase((kind) => {
  describe(`a ticket that waited in the original, in ${kind}`, () => {
    let t: Town;
    let id: string;
    beforeAll(async () => {
      const mariadb = await mariadbOfFile();
      const address = await mariadb.createDatabase();
      await fillShop(address);
      t = await town(kind === 'mariadb' ? { DATABASE_URL: await mariadb.createDatabase() } : {});
      await importOriginal(t.db, t.vault, await readOriginal(address), oldSettings, true);
      const [host] = await hosts.all(t.db);
      await hosts.pin(t.db, host!.id, { key: 'AAAA', fingerprint: 'SHA256:x', by: 'admin' });
      id = (await tickets.open(t.db))[0]!.id;
    });
    afterAll(() => t.end());

    test('waits here, approved by nobody, until somebody has it looked up; then it is as any other', async () => {
      await tendTickets(t.db);
      const taken = (await tickets.byId(t.db, id))!;
      expect(taken).toMatchObject({
        ...{ state: 'waiting', reason: '新价格 please', applicantName: 'li', approvedPlan: null },
        createdAt: 1_542_027_000_250,
        parts: [
          { projectKey: 'online_shop', ref: 'master', hostIds: null, problem: { code: 'ticket_unseen' } },
        ],
      });
      const path = `/tickets/${id}`;
      const page = await t.admin.get(path);
      expect(page.text).toContain('It comes from the console of before');
      expect(page.text).not.toContain(`${path}/approve`);
      expect(
        (await t.admin.post(`${path}/approve`, { plan: '0'.repeat(64), days: '3', note: '' }, path)).status,
      ).toBe(409);

      expect((await t.admin.post(`${path}/look`, {}, path)).status).toBe(303);
      await answering(t.db, { target: { commit, subject: 's', author: 'a' }, in: [], out: [], files: [] });
      await tendTickets(t.db);
      const frozen = await t.admin.get(path);
      const plan = /name="plan" value="([0-9a-f]{64})"/.exec(frozen.text)![1]!;
      expect((await t.admin.post(`${path}/approve`, { plan, days: '3', note: '' }, path)).status).toBe(303);
      expect(await tickets.byId(t.db, id)).toMatchObject({ state: 'approved', parts: [{ commit }] });
      const li = await new Browser(t.app).signIn('li', 'geheim');
      expect((await li.get(path)).status).toBe(200);
    });
  });
});
