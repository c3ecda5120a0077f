import { afterAll, expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import * as channels from '../../src/store/channels.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { Rig } from '../lab/rig.ts';
import { WebhookReceiver } from '../lab/webhook-receiver.ts';

/** Leases as long as in production, so that the worker waits its ten seconds for a robot's answer. */
const leases = { CEDAR_LEASE_SECONDS: '', CEDAR_LEASE_RENEW_SECONDS: '', CEDAR_LEASE_STOP_SECONDS: '' };
const settings = {
  CEDAR_ROBOT_HOSTS: '127.0.0.1',
  CEDAR_NOTICE_RETRY_SECONDS: '0.1',
  CEDAR_LANGUAGE: 'en',
  ...leases,
};

test('operations begin, end and are told to others while a robot takes a message and never answers', async () => {
  const rig = await Rig.start({ hosts: 1 });
  await rig.addProject('shop');
  await rig.db('environments').update({ production: true });
  const robot = await FakeDingtalk.start({ token: 'token-of-the-group' });
  const receiver = await WebhookReceiver.start('a secret of the receiver');
  const token = rig.vault.seal('token-of-the-group');
  const options = { token, gateway: robot.gateway };
  const silent = await channels.add(rig.db, { kind: 'dingtalk', name: 'group', groupId: null, options });
  await channels.choose(rig.db, `group:${rig.project.groupId}`, silent);
  const to = { url: receiver.url, secret: rig.vault.seal(receiver.secret) };
  await channels.add(rig.db, { kind: 'webhook', name: 'all', groupId: null, options: to });
  const worker = rig.startWorker(settings);
  afterAll(() => worker.kill());

  robot.tricks.push(...Array<'silent'>(500).fill('silent'));
  const first = await rig.run({ kind: 'deploy' });
  await until('the robot was asked', () => robot.requests.length > 0);

  // on a busy machine one may take longer than the worker waits for an answer: then the next one shows it
  const ran: string[] = [];
  const oneRan = async () => {
    const { id, createdAt, finishedAt } = await rig.run({ kind: 'restart' });
    ran.push(id);
    const attempts = rig.db('notice_attempts as a').join('notices as n', 'n.id', 'a.notice_id');
    const tries = await attempts.where('n.channel_id', silent).select('a.at', 'a.ms', 'a.result');
    const endOf = ({ at, ms }: { at: number; ms: number | null }) =>
      ms === null ? Number.POSITIVE_INFINITY : Number(at) + ms;
    return tries.some((one) => Number(one.at) <= createdAt && (finishedAt ?? 0) <= endOf(one));
  };
  await until('one began and ended within one try', oneRan, 90_000);
  const heard = (id: string) =>
    receiver.once.some(({ type, data }) => type === 'operation.succeeded' && data.operation === id);
  await until('the receiver heard of each', () => [first.id, ...ran].every(heard));
  expect(robot.received).toEqual([]);

  await robot.down();
  robot.tricks.length = 0;
  await robot.up();
  const states = () => rig.db('notices').where({ channel_id: silent }).pluck('state');
  await until('the robot is told all of it', async () => (await states()).every((state) => state === 'sent'));
  expect(await states()).toHaveLength(1 + ran.length);
  const told = robot.received.map(({ text }) => text).join('\n');
  expect(told.match(/Deploy succeeded/g)).toHaveLength(1);
  expect(told.match(/Restart succeeded/g)).toHaveLength(ran.length);
}, 180_000);
