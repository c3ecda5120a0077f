import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as arrivals from '../../src/store/arrivals.ts';
import * as environments from '../../src/store/environments.ts';
import * as gitServers from '../../src/store/git-servers.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as questions from '../../src/store/questions.ts';
import * as sshKeys from '../../src/store/ssh-keys.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { accessibilityProblems, listenForErrors, newVisitor } from '../lab/browser.ts';
import { password, type Town, town } from './people.ts';
import { projectFields } from './setup-forms.ts';

let t: Town;
let listener: Listener;
let pages: string[];
const fingerprint = `SHA256:${'k'.repeat(43)}`;

beforeAll(async () => {
  t = await town({ CEDAR_LANGUAGE: 'auto' });
  listener = await listen(t.app, '127.0.0.1', 0);
  pages = await furnish();
});
afterAll(async () => {
  await listener.close();
  await t.end();
});

test.each([
  ['en', 'light', 1280],
  ['en', 'dark', 390],
  ['zh-CN', 'light', 390],
  ['zh-CN', 'dark', 1280],
] as const)('%s, %s, %i px wide: nothing wrong with any setup page', async (locale, colorScheme, width) => {
  const viewport = { width, height: 800 };
  const visitor = await newVisitor({ locale, colorScheme, viewport, baseURL: listener.address });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  await signIn(tab);
  const found: string[] = [];
  for (const path of pages) {
    await tab.goto(path);
    for (const problem of await accessibilityProblems(tab)) found.push(`${path} ${problem}`);
    if (await tab.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth'))
      found.push(`${path} is wider than the screen`);
    await picture(tab, `${locale}-${colorScheme}${path.replaceAll('/', '-').replace(/\?.*/, '')}`);
  }
  expect(found).toEqual([]);
  expect(errors).toEqual([]);
  await visitor.close();
});

test('the page of a question shows the answer by itself when it comes', async () => {
  const [host] = await hosts.all(t.db);
  const visitor = await newVisitor({ baseURL: listener.address });
  const tab = await visitor.newPage();
  const errors = listenForErrors(tab);
  await signIn(tab);
  await tab.goto(`/hosts/${host!.id}`);
  await tab.getByRole('button', { name: 'Compare its key now' }).click();
  await tab.getByText('for its key.').waitFor();
  await answerKey('NEW');
  await tab.getByText('This is not the accepted key.').waitFor();
  await tab.getByLabel('Why has the key changed?').fill('reinstalled');
  await tab.getByRole('button', { name: 'Accept this key' }).click();
  await tab.getByText('Trying each setting').waitFor();
  expect((await hosts.byId(t.db, host!.id))?.hostKey).toBe('NEW');
  expect(errors).toEqual([]);
  await visitor.close();
});

test('without JavaScript the same page is read by reloading it', async () => {
  const host = await hosts.add(t.db, { name: 'plain', address: '10.5.0.9', settings: {}, notes: null });
  const visitor = await newVisitor({ baseURL: listener.address, javaScriptEnabled: false });
  const tab = await visitor.newPage();
  await signIn(tab);
  await tab.goto(`/hosts/${host.id}`);
  await tab.getByRole('button', { name: 'Look at its key' }).click();
  await answerKey('PLAIN');
  await tab.getByRole('link', { name: 'Reload' }).click();
  await tab.getByRole('button', { name: 'Accept this key' }).click();
  await tab.getByText('Trying each setting').waitFor();
  expect((await hosts.byId(t.db, host.id))?.hostKey).toBe('PLAIN');
  await visitor.close();
});

async function answerKey(key: string): Promise<void> {
  const asked = (await questions.claim(t.db, 'w', 9)).find(({ kind }) => kind === 'host-key');
  await questions.answer(t.db, asked!.id, { key, fingerprint, algorithm: 'ssh-ed25519' });
}

async function signIn(tab: Page): Promise<void> {
  await tab.goto('/sign-in');
  await tab.fill('#f-username', 'admin');
  await tab.fill('#f-password', password);
  await Promise.all([tab.waitForURL('/'), tab.keyboard.press('Enter')]);
}

/** Fills a console with one of everything; answers the pages that show it. */
async function furnish(): Promise<string[]> {
  const { db } = t;
  const settings = { sshUser: 'app', supervisorctl: ['sudo', '-n', 'supervisorctl'] };
  await environments.add(db, { name: 'test', production: false, position: 1, settings: {} });
  await environments.add(db, { name: 'online', production: true, position: 2, settings });
  await t.admin.post('/projects', projectFields({ groupId: t.groupId }));
  const project = (await projects.byKey(db, 'test_till'))!;
  await t.admin.post('/projects/test_till/variables', { variables: 'RATE=5\nLONG=' + 'x'.repeat(300) });
  await t.admin.post('/projects/test_till/variables', { variables: 'TOKEN=x', secret: 'on' });
  await t.admin.post('/environments/online/variables', { variables: 'DB=x', secret: 'on' });
  const file = { path: 'etc/shop.conf', placed: 'after-build', source: 'url', text: '', seen: '' };
  await t.admin.post('/projects/test_till/files', {
    ...file,
    url: `https://config.example.com/${'x'.repeat(300)}`,
  });
  await t.admin.post('/projects/test_till/files', {
    ...file,
    path: '.env',
    source: 'text',
    url: '',
    text: 'A=1',
  });
  const host = await hosts.add(db, { name: 'web-1', address: '10.5.0.1', settings, notes: 'rack 3' });
  await hosts.pin(db, host.id, { key: 'K', fingerprint, by: 'amy' });
  await hosts.add(db, { name: 'web-2', address: '10.5.0.2', settings: {}, notes: null });
  const placed = { projectId: project.id, hostId: host.id, processes: 2, env: [] };
  const { id } = await placements.add(db, placed);
  await sshKeys.publish(db, {
    name: 'default',
    publicKey: `ssh-ed25519 ${'A'.repeat(68)} cedar`,
    fingerprint,
  });
  await gitServers.pin(db, { server: 'git.example.com:22', key: 'K', fingerprint, by: 'amy' });
  const answered = async (kind: questions.QuestionKind, args: Record<string, unknown>, answer: unknown) => {
    const question = await questions.ask(db, { kind, args, askedBy: null, deadlineMs: 600_000 });
    await questions.answer(db, question, answer);
    return question;
  };
  const { address } = host;
  const shown = { key: 'L', fingerprint: fingerprint.replaceAll('k', 'l'), algorithm: 'ssh-ed25519' };
  const tried = {
    hostname: 'web-1',
    checks: [
      { name: 'ssh', ok: true, detail: 'app@10.5.0.1:22', remedy: '' },
      { name: 'log_path', ok: false, detail: 'missing', remedy: 'log_path_bad' },
    ],
  };
  const untracked = [{ path: 'uploads', kind: 'folder' }];
  const arrived = { projectKey: 'test_till', by: 'token:scaler' };
  const arrival = await arrivals.reserve(t.db, { address: '10.7.7.7', sshPort: 22 }, arrived);
  await arrivals.keepWaiting(t.db, arrival, { key: 'KEY', fingerprint: `SHA256:${'k'.repeat(43)}` });
  const server = { server: 'git.example.com:22', ...shown };
  const keyQuestion = await answered('host-key', { address, port: 22 }, shown);
  const testQuestion = await answered('host-test', { address }, tried);
  const gitQuestion = await answered('git-key', { gitUrl: 'git@git.example.com:x.git' }, server);
  const found = { present: true, untracked, programs: ['test_till.conf'] };
  const adoption = await answered('adoption', { placementId: id }, found);
  return [
    ...['/environments', '/environments/new', '/environments/online', '/keys', '/git-servers'],
    ...['/hosts', '/hosts/new', `/hosts/${host.id}`, `/hosts/${host.id}/edit`],
    `/hosts/${host.id}/key/${keyQuestion}?environment=test`,
    `/hosts/${host.id}/test/${testQuestion}`,
    `/git-servers/${gitQuestion}`,
    ...[
      '/projects',
      '/projects/new',
      '/projects/new?type=static',
      '/projects/new?type=custom',
      '/projects/new?type=java-tomcat',
      '/projects/test_till/settings',
    ],
    ...['/projects/test_till/variables', '/projects/test_till/template', '/projects/test_till/hosts'],
    ...['/projects/test_till/files?file=.env', '/projects/test_till/hooks', '/environments/online/variables'],
    ...[
      '/projects/test_till/push',
      '/projects/test_till/clone',
      '/projects/test_till/strategy',
      '/environments/online/ranges',
    ],
    `/projects/test_till/hosts/${id}`,
    `/projects/test_till/hosts/${id}/variables`,
    `/projects/test_till/hosts/${id}/adoption/${adoption}`,
  ];
}

/** Keeps a picture where CEDAR_SCREENSHOTS names a folder. */
async function picture(tab: Page, name: string): Promise<void> {
  const folder = process.env.CEDAR_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await tab.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
