import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import request from 'supertest';
import { afterAll, describe, expect, test } from 'vitest';
import { type Db, openDatabase } from '../../src/store/database.ts';
import { pending } from '../../src/store/migrations.ts';
import { readyz } from '../../src/web/ready.ts';
import { type DatabaseKind, eachDatabase, mariadbOfFile } from '../lab/database.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'cedar-ready-'));
afterAll(() => rmSync(dataDir, { recursive: true }));

const behind = { status: 'not ready', reason: 'migrations' };

eachDatabase((kind) =>
  describe(`/readyz on ${kind}`, () => {
    test('not before the last migration has run, and then without being started anew', async () => {
      const db = await emptyDatabase(kind);
      const ready = asking(db);
      expect(await ready()).toEqual([503, behind]);
      for (let left = (await pending(db)).length; left > 1; left--) await db.migrate.up();
      expect(await pending(db)).toHaveLength(1);
      expect(await ready()).toEqual([503, behind]);
      await db.migrate.up();
      expect(await ready()).toEqual([200, { status: 'ready' }]);
      await db.destroy();
    });
  }),
);

async function emptyDatabase(kind: DatabaseKind): Promise<Db> {
  const databaseUrl = kind === 'mariadb' ? await (await mariadbOfFile()).createDatabase() : '';
  return openDatabase({ databaseUrl, dataDir });
}

function asking(db: Db): () => Promise<[number, unknown]> {
  const app = express().get('/readyz', readyz(db));
  return async () => {
    const { status, body } = await request(app).get('/readyz');
    return [status, body];
  };
}
