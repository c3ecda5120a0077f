import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Build, runBuild } from '../../src/builds/build.ts';
import type { Isolation } from '../../src/builds/isolation/confinement.ts';
import { findIsolation, sandboxProblem } from '../../src/builds/isolation/find.ts';
import { ProjectGroups } from '../../src/builds/isolation/project-groups.ts';
import { readConfig } from '../../src/config.ts';
import { processesWith } from './processes.ts';

const isRoot = process.getuid?.() === 0;
const noSandbox = await sandboxProblem();
const NOBODY = 65_534;
/** Of this test process alone: what has the same user and group is ended. */
const GROUP = 1_900_000_000 + process.pid * 10;
let data: string;
let nap: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cedar-iso-'));
  nap = `8${process.pid}.${Math.floor(Math.random() * 1e9)}`;
});
afterEach(() => {
  for (const pid of processesWith(`sleep ${nap}`)) process.kill(pid, 'SIGKILL');
  rmSync(data, { recursive: true });
});

function found(env: Record<string, string>): Promise<Isolation> {
  return findIsolation(readConfig({ CEDAR_DATA_DIR: data, ...env }));
}

const user = { CEDAR_BUILD_USER: 'nobody', CEDAR_BUILD_FIRST_GROUP: String(GROUP) };
const asUser = () => found(user);
const asSandbox = () => found({ CEDAR_BUILD_ISOLATION: 'sandbox' });

/** Runs a command as the worker does it: in a workspace that the worker has written. */
async function run(isolation: Isolation, key: string, command: string, more: Partial<Build> = {}, id = 'op') {
  const folder = join(data, 'builds', key, id);
  const workspace = join(folder, 'workspace');
  const runDir = join(folder, 'run-1');
  const home = isolation.home(key);
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, 'source'), 'given', { mode: 0o600 });
  let text = '';
  const end = await runBuild({
    ...{ runDir, workspace, command, timeoutSeconds: 30, idleSeconds: 30, fromOffset: 0 },
    env: { PATH: process.env.PATH ?? '', HOME: home },
    onOutput: (chunk) => {
      text += chunk.toString();
    },
    confine: () => isolation.confine({ projectKey: key, runDir, workspace, home }),
    ...more,
  });
  return { end, text, workspace, runDir };
}

const kinds: [string, string | null, () => Promise<Isolation>][] = [
  ['another user', isRoot ? null : 'not root', asUser],
  ['a sandbox', noSandbox, asSandbox],
];

/** A machine that cannot show it registers no test of S52: see the reason in tests/security/rows.ts. */
const shown = kinds.filter(([, missing]) => missing === null);

describe.each(shown)('%s', (_name, _missing, isolated) => {
  test('builds as ever: workspace, exit code, variables, and a home that stays [S52]', async () => {
    const isolation = await isolated();
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: isolation.home('test_a'),
      JAVA_HOME: '/opt/java',
      ODD: "a'b\n$c",
    };
    const command =
      'cat source; echo more >> source; echo made > made; echo x >> ~/cache; cat ~/cache; echo "$JAVA_HOME $ODD"; exit 7';
    const first = await run(isolation, 'test_a', command, { env });
    expect(first.end).toEqual({ code: 7, ended: 'exit' });
    expect(first.text).toBe("givenx\n/opt/java a'b\n$c\n");
    expect(readFileSync(join(first.workspace, 'made'), 'utf8')).toBe('made\n');
    expect((await run(isolation, 'test_a', 'cat ~/cache', {}, 'next')).text).toBe('x\n');
    expect((await run(isolation, 'test_b', 'ls ~ | wc -l')).text.trim()).toBe('0');
  });

  test('ends in time with all that it started, and tells signals and strangers apart', async () => {
    const isolation = await isolated();
    const late = await run(isolation, 'test_a', `setsid sleep ${nap} & sleep ${nap}`, {
      timeoutSeconds: 0.5,
    });
    expect(late.end).toEqual({ code: null, ended: 'timeout' });
    expect(processesWith(`sleep ${nap}`)).toEqual([]);
    const killed = await run(isolation, 'test_a', 'kill -9 $$', {}, 'killed');
    expect(killed.end).toEqual({ code: 137, ended: 'exit' });
  });

  test('no variable of the project reaches what shuts it in', async () => {
    const isolation = await isolated();
    const path = mkdtempSync(join(data, 'path-'));
    for (const name of ['setpriv', 'bwrap']) {
      writeFileSync(join(path, name), `#!/bin/sh\necho taken; shift 99; :\n`);
      chmodSync(join(path, name), 0o755);
    }
    const env = {
      PATH: `${path}:${process.env.PATH}`,
      LD_PRELOAD: '/no/such.so',
      HOME: isolation.home('test_a'),
    };
    const { text } = await run(isolation, 'test_a', 'grep NoNewPrivs /proc/self/status; id -u', { env });
    expect(text).toMatch(/NoNewPrivs:\t1\n/);
    expect(text).not.toContain('taken');
  });

  test('costs little', async () => {
    const isolation = await isolated();
    const began = performance.now();
    const folder = join(data, 'builds/test_a/op');
    const place = {
      projectKey: 'test_a',
      runDir: join(folder, 'run-1'),
      workspace: join(folder, 'workspace'),
    };
    for (const name of [place.runDir, place.workspace]) mkdirSync(name, { recursive: true });
    for (let at = 0; at < 1000; at++) writeFileSync(join(place.workspace, `file${at}`), '');
    const written = performance.now();
    await isolation.confine({ ...place, home: isolation.home('test_a') });
    expect(performance.now() - written, `files took ${written - began} ms`).toBeLessThan(1000);
  });
});

describe('another user', () => {
  test.skipIf(!isRoot)(
    'has no group but the project’s, and no process of it is left when the worker takes over',
    async () => {
      const isolation = await asUser();
      const hidden = `(cd / && env -i PATH="$PATH" setsid sleep ${nap} >/dev/null 2>&1 &); until pgrep -f '^sleep ${nap}' >/dev/null; do sleep 0.01; done`;
      const { text, workspace } = await run(isolation, 'test_a', `${hidden}; id -u; id -G; echo x > made`);
      const [uid, groups] = text.split('\n');
      expect([uid, groups]).toEqual([String(NOBODY), String(GROUP)]);
      expect(statSync(join(workspace, 'made'))).toMatchObject({ uid: NOBODY, gid: GROUP });
      await isolation.reclaim('test_a', join(data, 'builds/test_a/op'));
      expect(processesWith(`sleep ${nap}`)).toEqual([]);
      expect(statSync(join(workspace, 'made')).uid).toBe(0);
    },
  );

  test.skipIf(!isRoot)('is given nothing through a link, and keeps each project to itself', async () => {
    const isolation = await asUser();
    const secret = join(data, 'secret');
    writeFileSync(secret, 'theirs', { mode: 0o600 });
    const folder = join(data, 'builds/test_a/op/workspace');
    mkdirSync(folder, { recursive: true });
    symlinkSync(secret, join(folder, 'link'));
    const { text } = await run(isolation, 'test_a', 'cat link || echo refused');
    expect(text).toContain('refused');
    expect(statSync(secret).uid).toBe(0);
    const other = await run(isolation, 'test_b', `cat ${folder}/source || echo refused`);
    expect(other.text).toContain('refused');
  });

  test.skipIf(!isRoot)('closes what is in the data folder already', async () => {
    mkdirSync(join(data, 'logs'), { mode: 0o755 });
    writeFileSync(join(data, 'cedar.db'), '', { mode: 0o644 });
    await asUser();
    expect(
      ['logs', 'cedar.db', 'releases', 'mirrors'].map((name) => statSync(join(data, name)).mode & 0o077),
    ).toEqual([0, 0, 0, 0]);
  });

  test.skipIf(!isRoot)('that cannot be had stops the worker, with the remedy', async () => {
    await expect(found({ CEDAR_BUILD_USER: 'no-such-user' })).rejects.toThrow(/useradd/);
    await expect(found({ CEDAR_BUILD_USER: 'root' })).rejects.toThrow(/must not run as root/);
    await expect(found({ CEDAR_BUILD_ISOLATION: 'user' })).rejects.toThrow(/CEDAR_BUILD_USER/);
    const top = mkdtempSync(join(tmpdir(), 'cedar-shut-'));
    await expect(found({ ...user, CEDAR_DATA_DIR: join(top, 'var') })).rejects.toThrow(/chmod o\+x/);
    rmSync(top, { recursive: true });
  });
});

test('groups of projects are their own and stay, however many ask at once', async () => {
  const dir = join(data, 'groups');
  const keys = ['test_a', 'test_b', 'test_c', 'online_a'];
  const asked = await Promise.all(
    [1, 2, 3].flatMap(() => keys.map((key) => new ProjectGroups(dir, 5000).of(key))),
  );
  expect(new Set(asked).size).toBe(4);
  const again = await Promise.all(keys.map((key) => new ProjectGroups(dir, 5000).of(key)));
  expect(asked).toEqual([...again, ...again, ...again]);
});

test.skipIf(noSandbox)('a worker without root’s rights has a sandbox that is strong', async () => {
  const program = `
    import { findIsolation } from '${join(import.meta.dirname, '../../src/builds/isolation/find.ts')}';
    import { readConfig } from '${join(import.meta.dirname, '../../src/config.ts')}';
    const { kind, strong } = await findIsolation(readConfig({ CEDAR_DATA_DIR: '${data}' }));
    console.log(JSON.stringify({ kind, strong }));`;
  chownSync(data, isRoot ? NOBODY : process.getuid!(), -1);
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, TMPDIR: data },
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  expect(said.trim()).toBe('{"kind":"sandbox","strong":true}');
  expect(existsSync(data)).toBe(true);
});

test('without either, commands run as the worker’s user, and that is weak', async () => {
  const isolation = await found({ CEDAR_BUILD_ISOLATION: 'none' });
  expect(isolation).toMatchObject({ kind: 'none', strong: false });
  expect((await run(isolation, 'test_a', 'id -u')).text).toBe(`${process.getuid!()}\n`);
});
