import { afterAll, describe, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { operationChanged } from '../../src/store/changes.ts';
import * as channels from '../../src/store/channels.ts';
import * as notices from '../../src/store/notices.ts';
import { FakeDingtalk, type RobotRules } from '../lab/dingtalk.ts';
import { PostOffice } from '../notify/post-office.ts';
import { happened } from '../store/hand-made.ts';
import { Fleet } from './fleet.ts';

const MINUTE = 60_000;
const console = 'https://cedar.example.com';
const rules: RobotRules = { token: 'a-token', secret: 'SECsecret', keyword: 'cedar' };
const offices: PostOffice[] = [];
afterAll(() => Promise.all(offices.map((one) => one.close())));

/** Services, passes, the outbox, a sender and a robot over http that checks signature, keyword and rate. */
class Product {
  readonly fleet: Fleet;
  readonly office: PostOffice;
  readonly robot: FakeDingtalk;

  private constructor(fleet: Fleet, office: PostOffice, robot: FakeDingtalk) {
    this.fleet = fleet;
    this.office = office;
    this.robot = robot;
  }

  static async of(size: { hosts: number; projects: number }): Promise<Product> {
    const fleet = await Fleet.of('sqlite', size);
    const robot = await FakeDingtalk.start({ ...rules });
    const office = new PostOffice(fleet.db);
    offices.push(office);
    const seal = (text: string) => office.vault.seal(text);
    const { token, secret = '', keyword = '' } = rules;
    const options = { token: seal(token), secret: seal(secret), keyword, gateway: robot.gateway };
    await channels.change(fleet.db, fleet.robot, { name: 'robot', groupId: null, options });
    await fleet.look('running');
    return new Product(fleet, office, robot);
  }

  /** As if the robot's wish to be left alone, and every pause, were over. */
  async waited(): Promise<void> {
    await this.fleet.db('channels').update({ wait_until: 0 });
    await this.fleet.db('notices').where({ state: 'waiting' }).update({ next_at: 0 });
  }

  /** A deploy that has just ended is told, in the way of every operation. */
  async deployed(): Promise<string> {
    const [projectId = ''] = this.fleet.projectIds;
    const at = Date.now() - 1000;
    const id = await happened(this.fleet.db, { projectId, groupId: this.fleet.groupId, at, ended: at + 500 });
    await operationChanged(this.fleet.db, id);
    return id;
  }

  get heard(): string {
    return this.robot.received.map(({ text }) => text).join('\n');
  }

  async waitsUntil(): Promise<number> {
    return Number((await this.fleet.db('channels').where({ id: this.fleet.robot }).first()).wait_until);
  }

  async failures(): Promise<number> {
    return Number((await this.fleet.db('channels').where({ id: this.fleet.robot }).first()).failures);
  }
}

const newOnes = (text: string) =>
  [...text.matchAll(/Alarms: (\d+) new/g)].reduce((sum, [, many]) => sum + Number(many), 0);

/** The services that are told of as newly failed. */
const namedIn = (text: string) => [
  ...new Set([...text.matchAll(/New: (online_svc\d+) on host-\d+/g)].map(([, name]) => name)),
];

describe('R55: a storm', () => {
  test('of 500 services is at most three messages in five minutes, none lost by the rate limit', async () => {
    const product = await Product.of({ hosts: 50, projects: 500 });
    const { fleet, office, robot } = product;
    office.open();
    const others = Array.from({ length: 20 }, () => ({
      at: Date.now(),
      text: '',
      mobiles: [],
      type: 'text',
    }));
    robot.received.push(...others);
    const half = Object.fromEntries(fleet.serviceIds.slice(0, 250).map((id) => [id, 'failed' as const]));
    for (let minute = 0; minute < 5; minute++) {
      await fleet.look(minute === 0 ? 'running' : 'failed', minute === 0 ? half : {}, {}, 2);
      await fleet.pass();
      await fleet.later(MINUTE);
    }
    await until('the robot answered that it is too fast', async () => robot.refused.includes(130101));
    await until('it is left alone', async () => (await product.waitsUntil()) > Date.now() + 5 * MINUTE);
    expect(robot.refused).toEqual([130101]);
    robot.received.length = 0;
    await product.waited();
    await office.quiet();
    expect(robot.received.length).toBeLessThanOrEqual(3);
    expect(newOnes(product.heard)).toBe(500);
    expect(namedIn(product.heard).length).toBeGreaterThanOrEqual(30);
    expect(product.heard).toContain(`(${console}/alarms)`);
    await fleet.later(3 * MINUTE);
    await fleet.look('running');
    await fleet.pass();
    await office.quiet();
    expect(robot.received.at(-1)?.text).toContain('500 over');
    expect(robot.received.length).toBeLessThanOrEqual(4);
  });

  test('of one service that goes up and down 100 times is told as flapping, a few times in 50 minutes', async () => {
    const product = await Product.of({ hosts: 1, projects: 1 });
    const { fleet, office, robot } = product;
    for (let flap = 0; flap < 100; flap++) {
      await fleet.look('failed');
      await fleet.pass({ retries: 0 });
      await fleet.look('running');
      await fleet.pass({ retries: 0 });
      await fleet.later(MINUTE / 2);
    }
    office.open();
    await office.quiet();
    expect(robot.received.length).toBeGreaterThan(1);
    expect(robot.received.length).toBeLessThanOrEqual(5);
    // alone or in a digest, as they happened to wait together
    expect(robot.received.map(({ text }) => text).join('\n')).toContain(', flapping');
    await fleet.db('flips').decrement('at', 11 * MINUTE);
    await fleet.later(3 * MINUTE);
    await fleet.pass();
    await office.quiet();
    expect(robot.received.at(-1)?.text).toContain('well again');
  });
});

describe('R54: a robot', () => {
  test('that was away for an hour is told all in one message', async () => {
    const product = await Product.of({ hosts: 1, projects: 3 });
    const { fleet, office, robot } = product;
    office.open();
    await robot.down();
    const before = await product.failures();
    for (let step = 1; step <= 6; step++) {
      await product.deployed();
      if (step === 2) await fleet.look('failed', {}, {}, 2);
      await fleet.pass();
      const failures = await product.failures();
      await product.waited();
      await until('it was tried in vain', async () => (await product.failures()) > failures);
      await fleet.db('notices').decrement('created_at', 10 * MINUTE);
      await fleet.later(10 * MINUTE);
    }
    expect(before).toBe(0);
    const waiting = (await notices.counts(fleet.db)).waiting;
    expect(waiting).toBeGreaterThanOrEqual(7);
    await robot.up();
    await product.waited();
    await office.quiet();
    expect(robot.received).toHaveLength(1);
    expect(robot.received[0]?.text).toContain(`${waiting} notices together`);
    expect(newOnes(product.heard)).toBe(3);
    for (const n of [1, 2, 3]) expect(product.heard).toContain(`New: online_svc${n} on host-1, failed`);
    expect(product.heard).toContain(`](${console}/alarms)`);
    expect(product.heard.indexOf('New: online_svc1'), 'first of all').toBeLessThan(
      product.heard.indexOf('Deploy succeeded'),
    );
    expect(product.heard.match(/Deploy succeeded/g)).toHaveLength(6);
  });

  test('that says nothing holds up no pass, and is told later what ended meanwhile', async () => {
    const product = await Product.of({ hosts: 1, projects: 1 });
    const { fleet, office, robot } = product;
    office.open();
    robot.tricks.push('silent');
    await product.deployed();
    await until('the robot was asked', async () => robot.requests.length === 1);
    const second = await product.deployed();
    await fleet.look('failed', {}, {}, 2);
    expect(await fleet.pass()).toMatchObject({ opened: 1, messages: 1 });
    const [attempt] = await fleet.db('notice_attempts');
    expect(attempt.result).toBe('begun');
    expect(await fleet.db('notices').where({ operation_id: second }).pluck('state')).toEqual(['waiting']);
    await office.quiet();
    expect(product.heard.match(/Deploy succeeded/g)).toHaveLength(2);
  });

  test('that was away for too long leaves what it missed undelivered, with why, and not lost', async () => {
    const product = await Product.of({ hosts: 1, projects: 1 });
    const { fleet, office, robot } = product;
    office.open();
    await robot.down();
    const id = await product.deployed();
    await fleet.db('notices').decrement('created_at', 61 * MINUTE);
    await product.waited();
    await office.quiet();
    const [missed] = await notices.some(fleet.db, { state: 'undelivered', limit: 5 });
    expect(missed).toMatchObject({ operationId: id });
    expect(missed?.reason).toContain('ECONNREFUSED');
    await robot.up();
    await product.waited();
    expect(await notices.again(fleet.db, missed?.id ?? '')).toBe(true);
    await office.quiet();
    expect(product.heard).toContain('Deploy succeeded');
  });
});
