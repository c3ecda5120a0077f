import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { ulid } from 'ulid';
import { expect, onTestFinished, test } from 'vitest';
import { hashPassword } from '../../src/auth/password.ts';
import { until } from '../../src/demo/fleet/until.ts';
import * as channels from '../../src/store/channels.ts';
import * as grants from '../../src/store/grants.ts';
import * as users from '../../src/store/users.ts';
import { listenForErrors } from '../lab/browser.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { Rig } from '../lab/rig.ts';
import { sampleSource } from '../lab/sample-app.ts';
import { ConsolePrograms } from './console-programs.ts';
import { ended } from './deploying.ts';
import { password } from './people.ts';
import { Visitor } from './visitor.ts';

/** Runs as well as any other, until something is poisoned: then it starts no more. */
const brittle = `if (require('fs').existsSync(process.env.LEDGER + '.poison')) process.exit(3);\n${sampleSource}`;
const SWEEP = 2000;
/** From what happens on a machine to the open page: three sweeps, and as long again for a busy machine's browser. */
const SHOWN = 6 * SWEEP;
const quick = {
  CEDAR_SWEEP_SECONDS: String(SWEEP / 1000),
  CEDAR_ALARM_SECONDS: '1',
  CEDAR_ALARM_GAP_SECONDS: '0',
};

test('a service breaks: red without a reload, a message, the way back from its link, and green again', async () => {
  const { rig, robot, programs } = await console();
  const piet = await Visitor.come(programs.address, 'en');
  onTestFinished(() => piet.leave(), 60_000);
  const story = async () => {
    await piet.signIn('piet', password);
    const health = await HealthPage.open(piet);
    await health.shows('running', 30_000);
    await breaks(rig);
    await health.shows('failed', SHOWN);
    const link = await told(robot, 'New: test_shop on h1');
    await piet.tab.goto(link);
    await piet.look();
    await rollBack(piet);
    await health.shows('running', SHOWN);
    expect(health.complaints).toEqual([]);
    await told(robot, 'test_shop on h1: well again');
    await piet.tab.goto(link);
    await piet.reads('alarms.is_over');
  };
  await story().catch(async (cause) => {
    const said = [await piet.whereabouts(), ...programs.deaths, programs.warnings];
    throw new Error(said.join('\n'), { cause });
  });
  expect([...piet.complaints, ...programs.deaths]).toEqual([]);
}, 240_000);

/** A console where v2 has just been deployed over v1 on one machine, a robot in the group's chat, and Piet. */
async function console() {
  const rig = await Rig.start({ hosts: 1 });
  await rig.db('environments').update({ production: true });
  const { groupId } = await rig.addProject('shop');
  const robot = await FakeDingtalk.start({ token: 'token-of-the-group' });
  const options = { token: rig.vault.seal('token-of-the-group'), gateway: robot.gateway };
  const chat = await channels.add(rig.db, { kind: 'dingtalk', name: 'chat', groupId: null, options });
  await channels.choose(rig.db, `group:${groupId}`, chat);
  const id = ulid();
  const passwordHash = await hashPassword(password);
  await users.add(rig.db, { id, username: 'piet', displayName: 'Piet', passwordHash, role: 'user' });
  await grants.give(rig.db, id, { groupId, config: false, deploy: true });
  const settings = { CEDAR_ROBOT_HOSTS: '127.0.0.1', CEDAR_LANGUAGE: 'en', ...quick };
  const programs = await ConsolePrograms.over(rig, settings, ['health']);
  await rig.run({ kind: 'deploy' });
  rig.repository.commit('v2', { files: { 'index.js': brittle } });
  await rig.run({ kind: 'deploy' });
  return { rig, robot, programs };
}

/** The page of health in a tab of its own, which stays open and is never loaded anew. */
class HealthPage {
  readonly complaints: string[];
  readonly #tab: Page;

  private constructor(tab: Page) {
    this.#tab = tab;
    this.complaints = listenForErrors(tab);
  }

  static async open(piet: Visitor): Promise<HealthPage> {
    const tab = await piet.tab.context().newPage();
    const page = new HealthPage(tab);
    await tab.goto('/health?environment=test');
    await tab.evaluate('window.loadedOnce = true');
    return page;
  }

  /** Waits until the service is shown so and not otherwise. */
  async shows(state: 'running' | 'failed', withinMs: number): Promise<void> {
    const row = this.#tab.locator('tr', { hasText: 'test_shop' });
    await row.locator(`.op-live-${state}`).waitFor({ timeout: withinMs });
    const other = state === 'running' ? 'failed' : 'running';
    expect(await row.locator(`.op-live-${other}`).count()).toBe(0);
    expect(await this.#tab.evaluate('window.loadedOnce')).toBe(true);
  }
}

/** What runs is poisoned and ends: supervisor tries to start it in vain. */
async function breaks(rig: Rig): Promise<void> {
  const [host] = rig.fleet;
  if (!host) throw new Error('there is a machine');
  writeFileSync(`${rig.ledger(host)}.poison`, '');
  const [ctl = '', ...argv] = host.supervisorctl;
  await promisify(execFile)(ctl, [...argv, 'signal', 'KILL', 'test_shop:*']);
}

/** Waits for the robot to be told so; gives the link of that message. */
async function told(robot: FakeDingtalk, words: string): Promise<string> {
  const message = () => robot.received.find(({ text }) => text.includes(words));
  await until(`the chat reads "${words}"`, () => message() !== undefined, 60_000).catch((error: Error) => {
    throw new Error(`${error.message}; it reads: ${robot.received.map(({ text }) => text).join('\n')}`);
  });
  const link = /http:[^)\s]+\/alarms\/\w+/.exec(message()?.text ?? '')?.[0];
  return link ?? expect.unreachable(`no link in: ${message()?.text}`);
}

/** From the alarm to the plan of the way back, and through it. */
async function rollBack(piet: Visitor): Promise<void> {
  await piet.tab.locator('form[action$="/plan"] button').click();
  await piet.tab.waitForURL('/projects/test_shop/plan?*');
  const back = piet.tab.locator('button[name="kind"][value="rollback"]');
  await back.waitFor();
  await piet.look();
  await back.click();
  await piet.tab.waitForURL('/operations/*');
  await ended(piet, 'good');
}
