import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { descendantsOf, isSame } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { launch } from '../../src/deploy/launch.ts';
import { isLive, type Operation } from '../../src/model/operation.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import * as operationHosts from '../../src/store/operation-hosts.ts';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as users from '../../src/store/users.ts';
import { root } from '../house/source.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-demo-'));
let demo: ChildProcess;
let said = '';
let address = '';
let db: Db;

beforeAll(async () => {
  await startDemo();
  db = openDatabase({ databaseUrl: '', dataDir: dir });
}, 180_000);
afterAll(async () => {
  await endDemo();
  await db.destroy();
  rmSync(dir, { recursive: true });
}, 120_000);

test('the first deploy brings the shop to three hosts within two minutes', async () => {
  const begun = Date.now();
  const operation = await deploy('online_shop', 'main');
  expect(operation.failure).toBeNull();
  expect(operation.state).toBe('succeeded');
  expect(Date.now() - begun).toBeLessThan(120_000);
  expect(await versions()).toEqual(Array(6).fill('1.3.0'));
}, 180_000);

test('a version that fails its health check stops at the first host', async () => {
  const operation = await deploy('online_shop', 'broken-health');
  expect(operation.state).toBe('failed');
  const states = (await operationHosts.ofOperation(db, operation.id)).map(({ state }) => state);
  expect(states).toEqual(['failed', 'untouched', 'untouched']);
  expect((await versions()).slice(2)).toEqual(Array(4).fill('1.3.0'));
}, 180_000);

test('a version that does not build touches no host', async () => {
  const operation = await deploy('online_shop', 'broken-build');
  expect(operation.state).toBe('failed');
  expect(operation.failure?.tail).toContain('gift card has no price');
  const states = (await operationHosts.ofOperation(db, operation.id)).map(({ state }) => state);
  expect(states).toEqual(['untouched', 'untouched', 'untouched']);
}, 180_000);

test.each(['online_hello-python', 'online_site', 'online_ticker'])(
  '%s can be deployed',
  async (key) => {
    const operation = await deploy(key, 'main');
    expect(operation.failure).toBeNull();
    expect(operation.state).toBe('succeeded');
  },
  180_000,
);

test('Ctrl-C ends all that it started, and the next start knows everything again', async () => {
  const all = descendantsOf(demo.pid ?? 0);
  expect(all.length).toBeGreaterThan(10);
  const before = passwords();
  await endDemo();
  expect(demo.exitCode).toBe(0);
  expect(all.filter(isSame)).toEqual([]);
  await startDemo();
  expect(passwords()).toEqual(before);
  await until('the shop is started again by its supervisor', async () =>
    (await versions().catch((): string[] => [])).includes('1.3.0'),
  );
}, 180_000);

async function startDemo(): Promise<void> {
  const port = await freePort('127.0.0.1');
  address = `http://127.0.0.1:${port}`;
  const words = [join(root, 'scripts/demo.mjs'), '--lang', 'en', '--port', String(port)];
  said = '';
  demo = spawn(process.execPath, words, {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, CEDAR_DEMO_DIR: dir },
  });
  for (const stream of [demo.stdout, demo.stderr])
    stream?.on('data', (chunk) => {
      said += chunk;
    });
  await until(
    'the demo is ready',
    () => {
      if (demo.exitCode !== null) throw new Error(`The demo ended:\n${said}`);
      return said.includes(`CedarDeploy is ready: ${address}`);
    },
    120_000,
  );
}

async function endDemo(): Promise<void> {
  demo.kill('SIGINT');
  await until('the demo has ended', () => demo.exitCode !== null || demo.signalCode !== null, 90_000);
}

function passwords(): string[] {
  return [...said.matchAll(/^ {2}(?:admin|li|wang) +(\S+) /gm)].map(([, password]) => password ?? '');
}

async function deploy(key: string, ref: string): Promise<Operation> {
  const project = (await projects.byKey(db, key))!;
  const hostIds = (await placements.ofProject(db, project.id)).map(({ hostId }) => hostId);
  const by = (await users.all(db)).find(({ username }) => username === 'admin')!;
  const { id } = await launch(db, { kind: 'deploy', projectId: project.id, hostIds, ref, by });
  let operation: Operation | null = null;
  await until(
    `${key} at ${ref} has ended`,
    async () => {
      operation = await operations.byId(db, id);
      return operation !== null && !isLive(operation.state);
    },
    150_000,
    200,
  );
  return operation!;
}

async function versions(): Promise<string[]> {
  const places = ['127.0.0.2', '127.0.0.3', '127.0.0.4'].flatMap((host) => [`${host}:7410`, `${host}:7411`]);
  return Promise.all(
    places.map(async (place) => {
      const answer = (await (await fetch(`http://${place}/version`)).json()) as { version: string };
      return answer.version;
    }),
  );
}
