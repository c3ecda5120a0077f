import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import type { Hook } from '../../src/model/hooks.ts';
import { planHash } from '../../src/model/ticket.ts';
import * as environments from '../../src/store/environments.ts';
import * as projectFiles from '../../src/store/project-files.ts';
import * as projects from '../../src/store/projects.ts';
import * as releases from '../../src/store/releases.ts';
import * as ticketChanges from '../../src/store/ticket-changes.ts';
import * as tickets from '../../src/store/tickets.ts';
import { Rig } from '../lab/rig.ts';
import { canary, inOneLine } from './shell-texts.ts';

const own = `cc${randomBytes(6).toString('hex')}`;
const texts = inOneLine.map((text) => text.replaceAll(canary, own));
const all = texts.join(' ');

/** Files that a shell would have made, in these folders with all below them, and right in those. */
function canaries(deep: string[], shallow: string[] = []): string[] {
  const below = deep.flatMap((dir) =>
    readdirSync(dir, { recursive: true, withFileTypes: true }).map((one) => join(one.parentPath, one.name)),
  );
  const there = shallow.flatMap((dir) => readdirSync(dir).map((name) => join(dir, name)));
  return [...below, ...there].filter((path) => path.split('/').at(-1)?.startsWith(own));
}

const app = `
const fs = require('fs');
fs.writeFileSync(process.env.LEDGER + '.env', JSON.stringify(process.env));
require('http').createServer((request, response) => response.end(fs.readFileSync('version')))
  .listen(Number(process.argv[2].split('=')[1]), process.env.HOST);
`;

const hook = (command: string): Hook => ({ command, timeoutSeconds: 20, repeatable: false });
const variables = Object.fromEntries(texts.map((text, index) => [`TEXT${index}`, text]));
const branch = `_touch/#${own}+@a`;

/** A project in which every field that may hold free text holds the texts of a shell. */
async function furnish(rig: Rig): Promise<void> {
  await rig.addProject('hostile', {
    hooks: {
      'before-build': hook('printenv TEXT1 > hooked'),
      'host-after-switch': hook('printenv TEXT2 > hooked-here'),
    },
  });
  const { build } = rig.project.settings;
  await rig.change({
    build: { ...build, command: 'printenv TEXT0 > built; printenv HUSHED | wc -c > counted' },
  });
  await rig.changeEnv(variables);
  const { id, revision, env, groupId } = (await projects.byId(rig.db, rig.project.id))!;
  const hushed = { name: 'HUSHED', value: rig.vault.seal(all), secret: true };
  const changed = { ...rig.project, env: [...env, hushed], notes: all, branch };
  rig.project = await projects.update(rig.db, id, revision, changed);
  await rig
    .db('project_groups')
    .where({ id: groupId })
    .update({ name: all.slice(0, 64), notes: all });
  await rig.db('users').update({ display_name: all.slice(0, 128) });
  await rig.db('hosts').update({ notes: all });
  await environments.setVariables(rig.db, 'test', () => [
    { name: 'AROUND', value: rig.vault.seal(all), secret: false },
  ]);
  for (const [path, fill] of [
    [`%0atouch@${own},=+`, false],
    ['filled.txt', true],
  ] as const)
    await projectFiles.put(
      rig.db,
      id,
      { path, placed: 'after-build', source: 'text', secret: fill, fill, changedBy: all.slice(0, 100) },
      { sealed: rig.vault.seal(fill ? '{{ TEXT0 }} {{ HUSHED }}' : all) },
    );
  const named = Object.fromEntries(texts.map((text) => [text.replaceAll('/', '_'), text]));
  execFileSync('git', ['config', 'user.name', all], { cwd: rig.repository.dir });
  rig.repository.commit(all, { branch, files: { 'index.js': app, ...named } });
}

test('[S35] a deploy, a restart by ticket and a way back carry the texts of a shell everywhere, and nothing runs them', async () => {
  const rig = await Rig.start({ hosts: 1 });
  await furnish(rig);
  const [host] = rig.fleet;
  const by = { ...rig.by, displayName: all.slice(0, 128) };
  rig.startWorker();
  const operation = await rig.run({ kind: 'deploy', ref: branch, reason: all, by });
  expect([operation.reason, operation.requestedName]).toEqual([all, by.displayName]);
  expect((await releases.byId(rig.db, operation.releaseId!))?.subject).toBe(`Release ${all}`);
  const ran = JSON.parse(readFileSync(`${rig.ledger(host!)}.env`, 'utf8'));
  expect(ran).toMatchObject({ ...variables, HUSHED: all, AROUND: all });
  const live = (path: string) => readFileSync(join(host!.hostPath, rig.project.key, path), 'utf8');
  expect(await rig.version(host!)).toBe(all);
  expect([live('built'), live('hooked'), live('hooked-here')]).toEqual(
    texts.slice(0, 3).map((one) => `${one}\n`),
  );
  expect([live(`%0atouch@${own},=+`), live('filled.txt')]).toEqual([all, `${texts[0]} ${all}`]);
  for (const text of texts) expect(live(text.replaceAll('/', '_')), text).toBe(text);

  await restartByTicket(rig, by);
  await rig.run({ kind: 'push-configuration', reason: all, by });
  await rig.run({ kind: 'rollback', releaseId: operation.releaseId, reason: all, by });
  await rig.run({ kind: 'stop', reason: all, by });
  const deep = [rig.env.CEDAR_DATA_DIR!, host!.dir, rig.repository.dir];
  expect(canaries(deep, [tmpdir(), homedir(), process.cwd(), '/'])).toEqual([]);
});

async function restartByTicket(rig: Rig, by: Rig['by']): Promise<void> {
  const { id: projectId, key: projectKey, groupId } = rig.project;
  const id = ulid();
  const part = { projectId, projectKey, groupId, kind: 'restart' as const, ref: '', hostIds: null };
  await tickets.add(rig.db, {
    ...{ id, reason: all, applicantId: ulid(), applicantName: all.slice(0, 100), wishedAt: null },
    ...{ selfStart: false, parts: [{ ...part, rollbackId: null, questionId: null }] },
  });
  await tendTickets(rig.db);
  const plan = planHash((await tickets.byId(rig.db, id))!)!;
  await ticketChanges.approve(rig.db, id, plan, { id: ulid(), name: all.slice(0, 100) }, 9e12, all);
  const { ticketId } = await rig.run({ kind: 'restart', ticketId: id, reason: all, by });
  expect(ticketId).toBe(id);
}

test('[S35] where a shell does run such a text, the file that it makes is found', () => {
  const makers = texts
    .filter((text) => /[;|&(`]touch | >/.test(text))
    .map((text) => text.replace('a', 'true '));
  expect(makers).toHaveLength(6);
  for (const text of makers) {
    const dir = mkdtempSync(join(tmpdir(), 'cedar-shell-'));
    try {
      execFileSync('/bin/sh', ['-c', text], { cwd: dir, stdio: 'ignore' });
    } catch (error) {
      if (!(error as { status?: number }).status) throw error;
    }
    expect(canaries([dir]), text).toEqual([join(dir, own)]);
  }
});
