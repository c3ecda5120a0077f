import { describe, expect, test } from 'vitest';
import { type AuditFilter, type Found, search } from '../../src/store/audit-search.ts';
import type { Db } from '../../src/store/database.ts';
import { eachDatabase, freshDatabase } from '../lab/database.ts';
import { dice, fill, idOf } from '../lab/filled.ts';

const UNTIL = Date.parse('2026-11-01T00:00:00Z');
const DAY = 86_400_000;
/** More than two slices. */
const ROWS = 23_000;

type Row = { id: string; at: number; actor: string; action: string; object: string; result: string };

/** The newest rows that a filter leaves, by looking at each. */
function direct(rows: Row[], filter: AuditFilter, limit: number): string[] {
  const { person, action = '', object = '', result, from = 0, until = Number.POSITIVE_INFINITY } = filter;
  const { text = '', before } = filter;
  const fits = (row: Row) =>
    (!person || row.actor === person || row.actor.startsWith(`token:${person}/`)) &&
    row.action.startsWith(action) &&
    row.object.startsWith(object) &&
    (!result || row.result === result) &&
    row.at >= from &&
    row.at < until &&
    (!before || row.id < before) &&
    Object.values(row).some((value) => String(value).toLowerCase().includes(text.toLowerCase()));
  return rows
    .filter(fits)
    .slice(0, limit)
    .map(({ id }) => id);
}

/** All pages of what was looked for, by the links further back. */
async function everything(db: Db, filter: AuditFilter, limit: number, reach: number) {
  const ids: string[] = [];
  let asked = 0;
  for (let before = filter.before; ; asked++) {
    const found: Found = await search(db, { ...filter, before }, { limit, reach });
    ids.push(...found.rows.map(({ id }) => id));
    if (found.further === null && found.rows.length < limit) return { ids, asked: asked + 1 };
    before = found.further?.id ?? found.rows.at(-1)?.id;
  }
}

eachDatabase((kind) =>
  describe(`the trail's search on ${kind}`, async () => {
    const { db } = await freshDatabase(kind);
    await fill(db, { projects: 20, operations: 0, until: UNTIL, audit: ROWS });
    const common = { via: 'web', ip: null, request_id: null, result: 'failed', at: UNTIL };
    const rare = {
      ...common,
      id: idOf(UNTIL, 1),
      actor: 'token:ada/ci',
      action: 'host.add',
      object: 'host:Ü_1',
    };
    await db('audit').insert([rare, { ...rare, id: idOf(UNTIL - 1, 1), actor: 'ada' }]);
    const rows: Row[] = (await db('audit').orderBy('id', 'desc')).map((row) => ({
      ...row,
      at: Number(row.at),
    }));
    const oldest = rows.at(-1)!;

    test('random filters leave what looking at each row leaves, in slices or by an index', async () => {
      const roll = dice(3);
      const maybe = <T>(...list: T[]) => (roll() < 0.6 ? undefined : list[Math.floor(roll() * list.length)]);
      for (let n = 0; n < 60; n++) {
        const from = maybe(UNTIL - 900 * DAY, UNTIL - 30 * DAY);
        const filter: AuditFilter = {
          person: maybe('person7', 'person', 'ada', 'nobody'),
          action: maybe('operation.', 'host.', 'session.begin', 'none'),
          object: maybe('project:', 'host:Ü', 'project:test_service-1'),
          result: maybe('ok', 'refused'),
          text: maybe('REQUEST-2', '192.0.2.1', '_1', '%', '"number":11'),
          before: maybe(rows[12_000]!.id),
          ...{ from, until: from === undefined ? undefined : maybe(from + 400 * DAY) },
        };
        const found = await search(db, filter, { limit: 51, reach: Number.POSITIVE_INFINITY });
        expect(
          found.rows.map(({ id }) => id),
          JSON.stringify(filter),
        ).toEqual(direct(rows, filter, 51));
        expect(found.further).toBeNull();
      }
    });

    test('what is nowhere is told slice by slice, with a place to go on from', async () => {
      const text = 'is nowhere at all';
      const ask = { limit: 51, reach: 10_000 };
      const first = await search(db, { text }, ask);
      expect(first).toEqual({ rows: [], further: { id: rows[9_999]!.id, at: rows[9_999]!.at } });
      expect(await everything(db, { text }, 51, 10_000)).toEqual({ ids: [], asked: 3 });
    });

    test('further back comes what a page did not reach, each row once', async () => {
      const filter = { text: '{"number":1}', action: 'operation.' };
      const whole = direct(rows, filter, ROWS);
      const all = await everything(db, filter, 5, 10_000);
      expect(all.ids).toEqual(whole);
      expect(all.ids.length).toBeGreaterThan(0);
      const many = await everything(db, { action: 'operation.' }, 700, 10_000);
      expect(many.ids).toEqual(direct(rows, { action: 'operation.' }, ROWS));
    });

    test('few rows are found at once, wherever they are', async () => {
      const { rows: found, further } = await search(db, { object: oldest.object }, { limit: ROWS, reach: 1 });
      expect(further).toBeNull();
      expect(found.map(({ id }) => id)).toEqual(direct(rows, { object: oldest.object }, ROWS));
      expect(found.at(-1)?.id).toBe(rows.findLast((row) => row.object === oldest.object)?.id);
    });
  }),
);
