import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as deploying from './deploying.ts';
import { showHistory } from './history.ts';
import * as machines from './machines.ts';
import * as people from './people.ts';
import * as project from './project.ts';
import { keepScreenshot } from './screenshot.ts';
import { Town, versionAt } from './town.ts';
import type { Visitor } from './visitor.ts';

const PORT = 7400;
const KEY = 'online_shop';

test.each(['en', 'zh-CN'] as const)(
  'from an empty database to a deploy that was rolled back, in %s',
  async (language) => {
    const town = await Town.found();
    const me = await town.visitor(language);
    await town.tells(me, async () => {
      await setUp(town, me);
      const release = await deployWell(town, me);
      await failOnFirstHost(town, me, release);
      await rollBack(town, me, release);
      await showHistory(me, KEY);
      await machines.lookAtHost(me, 'web-1', KEY);
    });
    const member = await town.visitor(language);
    await town.tells(member, () => people.lookAsMember(member, KEY));
    const outsider = await town.visitor(language);
    await town.tells(outsider, () => people.lookAsOutsider(outsider, KEY));
    expect([...me.complaints, ...member.complaints, ...outsider.complaints]).toEqual([]);
    expect(town.installation.deaths).toEqual([]);
  },
  600_000,
);

async function setUp(town: Town, me: Visitor): Promise<void> {
  const [first, second] = town.hosts;
  await people.becomeAdmin(me, town.installation.setupLink);
  await machines.addEnvironment(me, 'online');
  await machines.addGroup(me, 'storefront');
  await people.addPerson(me, 'li', 'storefront');
  await people.addPerson(me, 'wang');
  const git = await town.admit(await machines.copyKey(me));
  await machines.acceptGitServer(me, git.url('shop'), git.hostKey);
  await machines.addHost(me, first, 'web-1');
  await machines.addHost(me, second, 'web-2');
  await project.addProject(me, git.url('shop'), PORT);
  await project.previewTemplate(me);
  await project.place(me, first, 'web-1', 2);
  await project.place(me, second, 'web-2', 2);
}

/** Answers the release folder that runs then. */
async function deployWell(town: Town, me: Visitor): Promise<string> {
  await deploying.openDeployPage(me, KEY);
  await me.reads('deploy.no_release');
  await me.look();
  await deploying.deploy(me);
  await deploying.watch(me, town.gates);
  const done = me.t('operations.host_state.done');
  expect(await deploying.hostStates(me)).toEqual([done, done]);
  await me.look();
  await deploying.readLog(me, 'build');
  await keepScreenshot(me);
  await expectEverywhere(town, '1.3.0');
  return runningAt(town, 1);
}

async function failOnFirstHost(town: Town, me: Visitor, before: string): Promise<void> {
  await deploying.openDeployPage(me, KEY);
  await deploying.allAre(me, 'running');
  await deploying.chooseBranch(me, 'broken-health', 'Ask the stock before saying that all is well');
  await me.look();
  await deploying.deploy(me);
  await deploying.ended(me, 'bad');
  await deploying.readFailure(me, 'web-1');
  await me.look();
  expect(runningAt(town, 0)).not.toBe(before);
  expect(runningAt(town, 1)).toBe(before);
  for (const port of [PORT, PORT + 1]) expect(await versionAt(town.hosts[1], port)).toBe('1.3.0');
}

async function rollBack(town: Town, me: Visitor, release: string): Promise<void> {
  await me.follow('nav.home');
  await me.reads('home.state.failed');
  await me.look();
  await me.tab.goBack();
  await deploying.rollBack(me, 'web-1');
  await deploying.ended(me, 'good');
  await me.look();
  await expectEverywhere(town, '1.3.0');
  expect(runningAt(town, 0)).toBe(release);
}

async function expectEverywhere(town: Town, version: string): Promise<void> {
  for (const host of town.hosts)
    for (const port of [PORT, PORT + 1]) expect(await versionAt(host, port)).toBe(version);
}

/** The name of the release that a host's link points to. */
function runningAt(town: Town, index: 0 | 1): string {
  return readlinkSync(join(town.hosts[index].hostPath, KEY)).split('/').at(-1) ?? '';
}
