import { describe, expect, test } from 'vitest';
import type { Look, SeenPlacement } from '../../src/model/look.ts';
import { readClock } from '../../src/store/clock.ts';
import { flipsOf, forgetFlips } from '../../src/store/flips.ts';
import { record } from '../../src/store/looks.ts';
import * as placements from '../../src/store/placements.ts';
import { placementStates } from '../../src/store/states.ts';
import { jump } from '../alarms/jump.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { addHost, addProject, ground } from './inventory.ts';

const MINUTE = 60_000;

type State = SeenPlacement['state'];

eachDatabase((kind) =>
  describe(`flips on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    const { groupId } = await ground(db);
    const host = await addHost(db, 'alpha', '10.0.0.1');
    const project = await addProject(db, groupId, { name: 'shop' });
    const { id } = await placements.add(db, {
      ...{ projectId: project.id, hostId: host.id, processes: 1, env: [] },
    });
    const look = (state: State, names = ['test_shop:a']): Look => ({
      hostId: host.id,
      host: { reachable: 'yes', supervisor: 'rpc', message: null },
      placements: [
        {
          ...{ placementId: id, state, since: null, release: null, message: null },
          processes: names.map((name) => ({ name, state, pid: 5, since: null, message: null })),
        },
      ],
    });
    /** As looks tell of a machine that they cannot ask: none of them knows a process then. */
    const blind = (state: State, message: string): Look => ({
      hostId: host.id,
      host: { reachable: state === 'unreachable' ? 'no' : 'yes', supervisor: 'unknown', message },
      placements: [{ placementId: id, state, since: null, message, processes: [] }],
    });
    const absent = () => blind('unknown', 'supervisor_absent');
    /** One after another, a second between each two. */
    async function saw(...looks: Look[]) {
      for (const one of looks) {
        await jump(db, 1000);
        await record(db, [one], MINUTE);
      }
    }
    /** From here on it runs, and nothing was before. */
    async function running(names?: string[]) {
      await saw(look('running', names));
      await forgetFlips(db, Date.now() + MINUTE);
    }
    const told = async () =>
      (await flipsOf(db, { placementId: id, from: 0 }))
        .sort((a, b) => a.at - b.at || (a.processName ?? '').localeCompare(b.processName ?? ''))
        .map((flip) => [flip.processName, flip.from, flip.to]);

    async function unlooked(ms: number) {
      for (const table of ['host_states', 'placement_states']) await db(table).decrement('checked_at', ms);
    }

    test('the first look writes none, nor does one that finds nothing new', async () => {
      await saw(look('running'), look('running'));
      expect(await told()).toEqual([]);
      expect(await flipsOf(db, { hostId: host.id, from: 0 })).toEqual([]);
    });

    test('a change is a row for the placement and one for its process', async () => {
      await saw(look('failed'));
      expect(await told()).toEqual([
        [null, 'running', 'failed'],
        ['test_shop:a', 'running', 'failed'],
      ]);
      await saw(look('failed'));
      const row = await db('placement_states').where({ placement_id: id }).first('bad_looks');
      expect(Number(row.bad_looks)).toBe(2);
    });

    test('names the operation that is at work there', async () => {
      const operationId = '01K00000000000000000000001';
      await db('locks').insert({ project_id: project.id, operation_id: operationId, fence: 1 });
      const place = {
        operation_id: operationId,
        host_id: host.id,
        host_name: 'alpha',
        position: 0,
        state: 'waiting',
      };
      await db('operation_hosts').insert(place);
      await saw(look('running'));
      const last = (await flipsOf(db, { placementId: id, from: 0 })).at(-1);
      expect(last).toMatchObject({ to: 'running', operationId });
    });

    test('a machine has its own, apart from what is placed on it', async () => {
      await saw(blind('unreachable', 'ssh_refused'));
      const [flip, ...more] = await flipsOf(db, { hostId: host.id, from: 0 });
      expect(more).toEqual([]);
      expect(flip).toMatchObject({ from: 'reachable', to: 'unreachable', message: 'ssh_refused' });
    });

    test('a time without looks is unknown between two rows', async () => {
      await forgetFlips(db, Date.now() + MINUTE);
      await unlooked(10 * MINUTE);
      await saw(look('running'));
      expect(await told()).toEqual([
        [null, 'unreachable', 'unknown'],
        ['test_shop:a', 'unreachable', 'unknown'],
        [null, 'unknown', 'running'],
        ['test_shop:a', 'unknown', 'running'],
      ]);
    });

    test.each([
      ['unreachable', 'ssh_refused'],
      ['no-supervisor', 'supervisor_down'],
      ['unknown', 'supervisor_hung'],
    ] as const)(
      'what nobody could look at is %s with its machine, until it is seen again',
      async (state, why) => {
        await running();
        await saw(blind(state, why), blind(state, why));
        const away = [
          [null, 'running', state],
          ['test_shop:a', 'running', state],
        ];
        expect(await told()).toEqual(away);
        expect((await flipsOf(db, { placementId: id, from: 0 })).map(({ message }) => message)).toEqual([
          why,
          why,
        ]);
        const [known] = (await placementStates(db, [id], MINUTE)).get(id)?.processes ?? [];
        expect(known).toMatchObject({ name: 'test_shop:a', state, pid: null, message: why });
        expect(Math.abs((known?.since ?? 0) - (await readClock(db))), 'since then').toBeLessThan(MINUTE);
        await saw(look('running'));
        expect(await told()).toEqual([...away, [null, state, 'running'], ['test_shop:a', state, 'running']]);
      },
    );

    test('what goes on being away keeps since when', async () => {
      await running();
      await saw(blind('unreachable', 'ssh_refused'));
      const since = async () => Number((await db('process_states').first('since')).since);
      const before = await since();
      await saw(blind('unreachable', 'ssh_refused'));
      expect(await since(), 'a second ago').toBe(before - 1000);
    });

    test('a look that finds it away again only reads what is known of its processes', async () => {
      await running();
      await saw(blind('unreachable', 'ssh_refused'));
      const asked: string[] = [];
      const hear = ({ sql }: { sql: string }) =>
        /process_states|flips/.test(sql) && asked.push(sql.slice(0, 6));
      db.on('query', hear);
      await record(db, [blind('unreachable', 'ssh_refused')], MINUTE);
      db.off('query', hear);
      expect(asked).toEqual(['select']);
    });

    test('one that is taken away ends, and has a turn when it is there again', async () => {
      await running(['test_shop:a', 'test_shop:b']);
      await saw(look('running'));
      const end = ['test_shop:b', 'running', 'stopped'];
      expect(await told()).toEqual([end]);
      expect((await flipsOf(db, { placementId: id, from: 0 }))[0]?.message).toBe('process_gone');
      const names = (await placementStates(db, [id], MINUTE)).get(id)?.processes.map(({ name }) => name);
      expect(names).toEqual(['test_shop:a']);
      await saw(look('running'), look('running', ['test_shop:a', 'test_shop:b']));
      expect(await told()).toEqual([end, ['test_shop:b', 'stopped', 'running']]);
    });

    test('where supervisor knows nothing of a program any more, its processes have ended', async () => {
      await running();
      await saw(absent(), absent());
      const ended = [
        [null, 'running', 'unknown'],
        ['test_shop:a', 'running', 'stopped'],
      ];
      expect(await told()).toEqual(ended);
      await saw(look('running'));
      expect(await told()).toEqual([
        ...ended,
        [null, 'unknown', 'running'],
        ['test_shop:a', 'stopped', 'running'],
      ]);
    });

    test('of one that comes up while nobody could look, nothing is claimed of the time before', async () => {
      await running();
      await saw(blind('unreachable', 'ssh_refused'), look('running', ['test_shop:a', 'test_shop:b']));
      expect((await told()).filter(([name]) => name === 'test_shop:b')).toEqual([
        ['test_shop:b', 'unknown', 'running'],
      ]);
    });

    test('one that was taken away while nobody looked was unknown until then', async () => {
      await running(['test_shop:a', 'test_shop:b']);
      await unlooked(10 * MINUTE);
      await saw(look('running'));
      expect((await told()).filter(([name]) => name === 'test_shop:b')).toEqual([
        ['test_shop:b', 'running', 'unknown'],
        ['test_shop:b', 'unknown', 'stopped'],
      ]);
    });

    test('old ones are forgotten', async () => {
      await forgetFlips(db, Date.now() + MINUTE);
      expect(await told()).toEqual([]);
    });
  }),
);
