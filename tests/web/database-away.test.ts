import { createServer, type Server } from 'node:net';
import express from 'express';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Vault } from '../../src/auth/vault.ts';
import { readConfig } from '../../src/config.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import { databaseGate, healthz } from '../../src/web/database-gate.ts';
import { headers } from '../../src/web/headers.ts';
import { metrics } from '../../src/web/metrics/metrics.ts';
import { pageMaker } from '../../src/web/page-maker.ts';
import { problemPage } from '../../src/web/problem.ts';
import { readyz } from '../../src/web/ready.ts';

/** A database server that takes connections and never says a word. */
let silent: Server;
let db: Db;
beforeAll(async () => {
  silent = createServer();
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const { port } = silent.address() as { port: number };
  db = openDatabase({ databaseUrl: `mysql://nobody:x@127.0.0.1:${port}/cedar`, dataDir: '' });
});
afterAll(async () => {
  silent.close();
  await db.destroy();
});

function gated() {
  const settings = readConfig({ CEDAR_LANGUAGE: 'en' });
  const makePage = pageMaker({ db, vault: new Vault(Buffer.alloc(32, 1)), settings });
  const app = express().use(headers(false)).get('/healthz', healthz(db)).get('/readyz', readyz(db));
  app.get('/metrics', metrics(db, 30));
  return app.use(databaseGate(db)).use(problemPage(makePage));
}

test('pages and the health check say so within three seconds', async () => {
  const began = Date.now();
  const [page, health, ready, numbers] = await Promise.all([
    request(gated()).get('/').set('Accept', 'text/html'),
    request(gated()).get('/healthz'),
    request(gated()).get('/readyz'),
    request(gated()).get('/metrics'),
  ]);
  expect(Date.now() - began).toBeLessThan(3000);
  expect(page.status).toBe(503);
  expect(page.text).toContain('The database does not answer.');
  expect(page.headers['retry-after']).toBe('5');
  expect(health.status).toBe(503);
  expect(health.body).toEqual({ status: 'down' });
  expect([ready.status, ready.body]).toEqual([503, { status: 'not ready', reason: 'database' }]);
  expect(numbers.status).toBe(503);
});
