import { beforeEach, describe, expect, test } from 'vitest';
import { translator } from '../../src/i18n/index.ts';
import { messageOf } from '../../src/notify/say.ts';
import * as alarms from '../../src/store/alarms.ts';
import * as notices from '../../src/store/notices.ts';
import { eachDatabase } from '../lab/database.ts';
import { happened, madeFrom } from '../store/hand-made.ts';
import { Fleet } from './fleet.ts';

const base = 'https://cedar.example.com';
const [before, after] = ['01K0000000000000000000000A', '01K0000000000000000000000B'];

eachDatabase((kind) =>
  describe(`an operation that ended just before, on ${kind}`, () => {
    let fleet: Fleet;
    let projectId: string;
    let ended: number;
    beforeEach(async () => {
      fleet = await Fleet.of(kind, { hosts: 2, projects: 2 });
      [projectId = ''] = fleet.projectIds;
      ended = Date.now() - 87_000;
      await fleet.look('running');
    });

    /** An operation of the first project, and what it left on hosts. */
    async function operated(
      what: string,
      hosts: { hostId: string; from: string | null; to: string | null }[],
    ): Promise<string> {
      const { groupId } = fleet;
      const id = await happened(fleet.db, { projectId, groupId, kind: what, at: ended - 1000, ended });
      const rows = hosts.map(({ hostId, from, to }, position) => ({
        ...{ operation_id: id, host_id: hostId, host_name: `host-${position + 1}`, position, state: 'done' },
        ...{ release_before: from, release_after: to },
      }));
      await fleet.db('operation_hosts').insert(rows);
      return id;
    }

    /** The lines of the last message about operations, as a robot is given them. */
    async function suspicions(language: 'en' | 'zh-CN' = 'en') {
      const [notice] = await notices.some(fleet.db, { limit: 1 });
      const { lines } = messageOf(translator(language), base, notice!);
      return lines.filter(({ link }) => link !== null);
    }

    test('a deploy on two hosts: each service has its line, its link and the way back', async () => {
      await madeFrom(fleet.db, before, projectId, null);
      const [one = '', two = ''] = fleet.hostIds;
      const [service = ''] = fleet.serviceIds;
      const second = await fleet.place(projectId, two);
      await fleet.look('running');
      const hosts = [one, two].map((hostId) => ({ hostId, from: before, to: after }));
      const operation = await operated('deploy', hosts);
      await fleet.look('running', { [service]: 'failed', [second]: 'failed' }, {}, 2);
      expect(await fleet.pass()).toMatchObject({ opened: 2, messages: 1 });
      const open = await alarms.open(fleet.db);
      expect(open.map(({ suspect }) => suspect?.operationId)).toEqual([operation, operation]);
      const lines = await suspicions();
      expect(lines.map(({ link }) => link)).toEqual(open.map(({ id }) => `${base}/alarms/${id}`));
      for (const { hostName } of open) {
        const said = new RegExp(`^(\\d+) s after Deploy of online_svc1 on ${hostName} by Ada: roll back\\?$`);
        const [, seconds] = lines.map(({ text }) => said.exec(text)).find(Boolean) ?? [];
        expect(Number(seconds)).toBeGreaterThanOrEqual(86);
        expect(Number(seconds)).toBeLessThan(150);
      }
      expect((await suspicions('zh-CN'))[0]?.text).toMatch(/Ada.*部署.*是否回滚/);
    });

    test.each([
      ['a restart', 'restart', 'Restart', null, null],
      ['a push', 'push-configuration', 'Push configuration', before, before],
      ['the first deploy', 'deploy', 'Deploy', null, after],
      ['a deploy whose way back is kept no more', 'deploy', 'Deploy', '01K0000000000000000000000C', after],
    ])('%s is named, and asks for no rollback', async (_what, operationKind, name, from, to) => {
      await madeFrom(fleet.db, before, projectId, null);
      const [hostId = ''] = fleet.hostIds;
      const [service = ''] = fleet.serviceIds;
      const operation = await operated(operationKind, [{ hostId, from, to }]);
      await fleet.look('running', { [service]: 'failed' }, {}, 2);
      await fleet.pass();
      const [line] = await suspicions();
      expect(line?.text).toMatch(new RegExp(`^\\d+ s after ${name} of online_svc1 on host-1 by Ada$`));
      expect(line?.link).toBe(`${base}/operations/${operation}`);
    });
  }),
);
