import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ConfigurationFile } from '../../src/model/configuration-file.ts';
import * as environments from '../../src/store/environments.ts';
import * as projectFiles from '../../src/store/project-files.ts';
import * as steps from '../../src/store/steps.ts';
import { writing } from '../../src/store/transaction.ts';
import { FileServer } from '../lab/file-server.ts';
import { Rig } from '../lab/rig.ts';
import { build, fails, story } from './story.ts';

let rig: Rig;
let server: FileServer;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1, database: 'mariadb' });
  const other = await FileServer.start();
  server = await FileServer.start('127.0.0.1', other.origin);
  await environments.setVariables(rig.db, 'test', () => [
    { name: 'DB_PASSWORD', value: rig.vault.seal('en-hushed-1'), secret: true },
  ]);
  rig.startWorker({ CEDAR_ALLOW_INSECURE_FILES: 'true', CEDAR_FILE_SECONDS: '1' });
});

type Given = Partial<Omit<ConfigurationFile, 'textId'>>;

async function put(own: Rig, path: string, text: string, given: Given = {}): Promise<void> {
  const file = { placed: 'after-build', source: 'text', secret: false, fill: false, ...given } as const;
  const draft = { path, ...file, changedBy: 'tester' };
  await writing(own.db, (trx) =>
    projectFiles.put(trx, own.project.id, draft, { sealed: own.vault.seal(text) }),
  );
}

const live = (own: Rig, path: string) => join(own.fleet[0]!.hostPath, own.project.key, path);
const read = (own: Rig, path: string) => readFileSync(live(own, path), 'utf8');
const modeOf = (own: Rig, path: string) => statSync(live(own, path)).mode & 0o777;

describe.concurrent('configuration files', { timeout: 120_000 }, () => {
  it('are in the release, from before or after the build, and a change of one makes a new release', async () => {
    const own = await story(rig, 'files', {
      build: build('cat etc/early > seen; mkdir -p etc; echo build > etc/late'),
    });
    await put(own, 'etc/early', 'early 1\n', { placed: 'before-build' });
    await put(own, 'etc/late', 'late 1\n');
    await put(own, '.env', 'B={{ B }} in {{ environment }} {{ port }}\n', { fill: true });
    await own.changeEnv({ B: 'bee' });
    const first = await own.run({ kind: 'deploy' });
    expect([read(own, 'seen'), read(own, 'etc/late')]).toEqual(['early 1\n', 'late 1\n']);
    expect(read(own, '.env')).toBe(`B=bee in test ${own.project.port}\n`);
    expect(modeOf(own, 'etc/late')).toBe(0o644);
    expect((await own.run({ kind: 'deploy' })).releaseId).toBe(first.releaseId);
    await put(own, 'etc/late', 'late 2\n');
    expect(read(own, 'etc/late')).toBe('late 1\n');
    const second = await own.run({ kind: 'deploy' });
    expect(second.releaseId).not.toBe(first.releaseId);
    expect(second.commit).toBe(first.commit);
    expect(read(own, 'etc/late')).toBe('late 2\n');
    await own.run({ kind: 'rollback', releaseId: first.releaseId });
    expect(read(own, 'etc/late')).toBe('late 1\n');
  });

  it("that are secret are their owner's alone, and masked line by line wherever they are printed", async () => {
    const printing = {
      command: 'cat key.pem; cut -d= -f2 app.ini; false',
      timeoutSeconds: 20,
      repeatable: false,
    };
    const own = await story(rig, 'secret', {
      build: build('cat app.ini'),
      hooks: { 'host-before-switch': printing },
    });
    await put(own, 'key.pem', '-----BEGIN KEY-----\nMIIhushed2\nabc\n-----END KEY-----\n', { secret: true });
    const ini = { placed: 'before-build', fill: true } as const;
    await put(own, 'app.ini', 'password = "pw-hushed-3"\nother={{ DB_PASSWORD }}\n', {
      ...ini,
      secret: true,
    });
    await put(own, 'plain.ini', 'other={{ DB_PASSWORD }}\n', { fill: true });
    await put(own, 'fetched.ini', `${server.origin}/file`, { source: 'url', secret: true });
    server.text = 'token: url-hushed-4\n';
    const operation = await fails(own, { kind: 'deploy' }, 'hook_host_before_exit');
    const log = await own.logOf(operation.id);
    expect(log).not.toContain('hushed');
    expect(operation.failure.tail).toContain('***');
    expect(operation.failure.tail).not.toContain('hushed');
    expect(JSON.stringify(await own.db('operations').where({ id: operation.id }))).not.toContain('hushed');
    const releases = join(
      own.fleet[0]!.hostPath,
      '.cedar',
      own.project.key,
      'releases',
      operation.releaseId!,
    );
    for (const path of ['key.pem', 'app.ini', 'plain.ini', 'fetched.ini'])
      expect(statSync(join(releases, path)).mode & 0o777, path).toBe(0o600);
    expect(readFileSync(join(releases, 'app.ini'), 'utf8')).toBe(
      'password = "pw-hushed-3"\nother=en-hushed-1\n',
    );
    expect(readFileSync(join(releases, 'fetched.ini'), 'utf8')).toBe('token: url-hushed-4\n');
    await own.change({
      hooks: { 'before-switch': { ...printing, command: 'cat fetched.ini key.pem; false' } },
    });
    await projectFiles.remove(own.db, own.project.id, 'key.pem');
    const back = await fails(own, { kind: 'rollback', releaseId: operation.releaseId }, 'hook_exit');
    expect(await own.logOf(back.id)).not.toContain('hushed');
  });

  it('from a URL are fetched at each deploy, and one that cannot be had stops it before any host', async () => {
    const url = await FileServer.start('127.0.0.1', server.origin);
    const own = await story(rig, 'url');
    const from = (path: string) => put(own, 'rules.txt', url.origin + path, { source: 'url' });
    await from('/moved');
    const first = await own.run({ kind: 'deploy' });
    expect(read(own, 'rules.txt')).toBe('v1\n');
    url.text = 'v2\n';
    const second = await own.run({ kind: 'deploy' });
    expect(second.releaseId).not.toBe(first.releaseId);
    expect(read(own, 'rules.txt')).toBe('v2\n');
    for (const path of ['/elsewhere', '/slow', '/huge', '/none']) {
      await from(path);
      const { failure } = await fails(own, { kind: 'deploy' }, 'file_fetch');
      expect(failure).toMatchObject({
        stepKey: 'fetch-files',
        detail: { path: 'rules.txt', url: url.origin + path },
      });
    }
    expect(own.current(own.fleet[0]!)).toBe(second.releaseId);
  });

  it('are never written through a link of the repository, and say so', async () => {
    const own = await story(rig, 'link', { build: build('ln -s /tmp etc') });
    await put(own, 'etc/cedar-canary', 'x');
    await fails(own, { kind: 'deploy' }, 'file_place');
    await projectFiles.remove(own.db, own.project.id, 'etc/cedar-canary');
    await put(own, 'etc', 'x');
    const { id } = await own.run({ kind: 'deploy' });
    expect(read(own, 'etc')).toBe('x');
    expect((await steps.ofOperation(own.db, id)).map((row) => row.name)).toContain('write-files');
  });
});
