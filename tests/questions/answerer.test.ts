import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Vault } from '../../src/auth/vault.ts';
import { ReleasesFolder } from '../../src/builds/releases-folder.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { Mirrors } from '../../src/git/mirrors.ts';
import { Answerer } from '../../src/questions/answerer.ts';
import type { Db } from '../../src/store/database.ts';
import * as questions from '../../src/store/questions.ts';
import { freshDatabase } from '../lab/database.ts';
import { startPool } from '../lab/guarded-host.ts';
import { SampleRepository } from '../lab/sample-app.ts';

let db: Db;
let answerer: Answerer;
let silent: Server;
const repository = new SampleRepository();

beforeAll(async () => {
  const fresh = await freshDatabase();
  db = fresh.db;
  const { pool } = await startPool();
  const mirrors = new Mirrors({
    dir: join(fresh.settings.dataDir, 'mirrors'),
    gitSeconds: 600,
    allowInsecure: true,
    ssh: () => Promise.reject(new Error('no ssh in this test')),
  });
  const releases = new ReleasesFolder(join(fresh.settings.dataDir, 'releases'));
  const means = { db, pool, mirrors, vault: new Vault(randomBytes(32)), releases };
  answerer = new Answerer(db, means, { worker: 'w', slots: 2, pollSeconds: 0.02 });
  answerer.start();
  silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await until('the silent server listens', () => silent.listening);
});

afterAll(async () => {
  await answerer.stop();
  silent.close();
});

async function answered(kind: questions.QuestionKind, args: Record<string, unknown>, deadlineMs = 20_000) {
  const id = await questions.ask(db, { kind, args, askedBy: null, deadlineMs });
  let found: questions.Question | null = null;
  await until(`question ${kind} is over`, async () => {
    found = await questions.byId(db, id);
    return found?.state === 'answered' || found?.state === 'failed';
  });
  return found as unknown as questions.Question;
}

describe('the worker answers pages', () => {
  it('with branches and tags', async () => {
    const { answer } = await answered('refs', { gitUrl: repository.url });
    expect(answer).toMatchObject({ branches: [{ name: 'main' }], tags: [] });
  });

  it('with the commits that come in, those left out, and the files that differ', async () => {
    const first = repository.commit('v2', {});
    const side = repository.commit('v2-side', { branch: 'side', files: { 'side.txt': 'x' } });
    const second = repository.commit('v3', { files: { 'new.txt': 'x' } });
    const { answer } = await answered('commits', { gitUrl: repository.url, from: side, to: 'main' });
    expect(answer).toMatchObject({
      target: { commit: second },
      in: [{ commit: second }],
      out: [{ commit: side }],
      files: expect.arrayContaining([expect.objectContaining({ path: 'new.txt' })]),
    });
    expect(first).toHaveLength(40);
  });

  it('with a clear failure for a ref that is not there or could be an option', async () => {
    expect(await answered('commits', { gitUrl: repository.url, from: null, to: 'nowhere' })).toMatchObject({
      state: 'failed',
      answer: { code: 'git_ref_gone' },
    });
    expect(
      await answered('commits', { gitUrl: repository.url, from: null, to: '--output=/tmp/x' }),
    ).toMatchObject({
      state: 'failed',
      answer: { code: 'git_ref' },
    });
  });

  it('while a git server hangs: it holds a slot only until its deadline', async () => {
    const { port } = silent.address() as { port: number };
    const hanging = Array.from({ length: 3 }, (_, index) =>
      answered('refs', { gitUrl: `http://127.0.0.1:${port}/${index}.git` }, 1500),
    );
    for (const { answer } of await Promise.all(hanging))
      expect(answer).toMatchObject({ code: 'question_expired' });
    expect(await answered('refs', { gitUrl: repository.url })).toMatchObject({ state: 'answered' });
  });
});
