import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../../src/auth/password.ts';
import { readConfig } from '../../src/config.ts';
import { until } from '../../src/demo/fleet/until.ts';
import * as channels from '../../src/store/channels.ts';
import { buildApp } from '../../src/web/app.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { wordsIn } from '../lab/canaries.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { textsOf } from '../lab/dump.ts';
import { Rig } from '../lab/rig.ts';
import { WebhookReceiver } from '../lab/webhook-receiver.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { program } from '../web/api/programs.ts';
import { Reader } from '../web/live/stream.ts';
import { Browser, password, type Town } from '../web/people.ts';
import { cookieOf } from './house.ts';

const token = 'Canary9f8a7b6c5d4e3f2a1b0c';
const odd = `it's "a" $ecret & <more>/密码`;
const lines = ['MIIEvQIBADANBgkqhkiG9w0AAA', 'qZ8Jd0bLkVh1yR7uXwBBBBBBBB'];
const pem = `-----BEGIN KEY-----\n${lines.join('\n')}\n-----END KEY-----`;
const words = { token, first: lines[0]!, second: lines[1]!, odd };

const script = [
  'echo "plain $TOKEN and $ODD"',
  'for ((i = 0; i < ${#TOKEN}; i++)); do printf %s "${TOKEN:$i:1}"; sleep 0.01; done; echo',
  'printf %s "$TOKEN" | base64; printf %s "$ODD" | base64 -w0; echo; printf %s "$TOKEN" | od -An -tx1 | tr -d " \\n"; echo',
  'echo "$PEM"; echo "$PEM" >&2',
  `${process.execPath} -e 'console.log(encodeURIComponent(process.env.ODD), JSON.stringify(process.env))'`,
  'set -x; : "$TOKEN" "$PEM"; set +x',
  `${process.execPath} -e 'throw new Error("refused " + process.env.TOKEN + " " + process.env.PEM)' || true`,
  'echo "error: no access with $TOKEN"',
  'exit 7',
].join('\n');

let rig: Rig;
let worker: WorkerProcess;
let robot: FakeDingtalk;
let receiver: WebhookReceiver;
let listener: Listener;
let app: ReturnType<typeof buildApp>;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  const { build } = (await rig.addProject('leaky')).settings;
  await rig.change({ build: { ...build, command: script } });
  await rig.changeEnv({ TOKEN: token, ODD: odd, PEM: pem }, true);
  await rig.db('environments').update({ production: true });
  robot = await FakeDingtalk.start({ token: 'token-of-the-group', secret: 'SECsecret' });
  receiver = await WebhookReceiver.start('a secret of the receiver');
  const seal = (text: string) => rig.vault.seal(text);
  const options = { token: seal('token-of-the-group'), secret: seal('SECsecret'), gateway: robot.gateway };
  const group = await channels.add(rig.db, { kind: 'dingtalk', name: 'group', groupId: null, options });
  await channels.choose(rig.db, `group:${rig.project.groupId}`, group);
  const to = { url: receiver.url, secret: seal(receiver.secret) };
  await channels.add(rig.db, { kind: 'webhook', name: 'all', groupId: null, options: to });
  await rig.db('users').update({ username: 'admin', password_hash: await hashPassword(password) });
  const settings = readConfig({ ...rig.env, CEDAR_LANGUAGE: 'en', CEDAR_API_PER_MINUTE: '10000' });
  app = buildApp({
    db: rig.db,
    vault: rig.vault,
    settings,
    sessionSecret: 'a secret for tests alone, of length',
  });
  listener = await listen(app, '127.0.0.1', 0);
  worker = rig.startWorker({
    CEDAR_ROBOT_HOSTS: '127.0.0.1',
    CEDAR_LANGUAGE: 'en',
    CEDAR_LOG_LEVEL: 'trace',
  });
  return () => listener.close();
});

/** Every file below a folder that is ours, but for the database's own. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}

test('[S68] what a build prints of its secrets is nowhere: database, files, stream, download, notices, audit, API, logs', async () => {
  const admin = await new Browser(app).signIn('admin');
  const api = await program({ db: rig.db, app } as Town, { scopes: ['read'] });
  const { id } = await rig.launch({ kind: 'deploy' });
  const path = `/operations/${id}`;
  const reader = new Reader(`${listener.address}${path}/events`, { Cookie: cookieOf(admin) });
  const operation = await rig.ended(id);
  expect(operation.failure?.code).toBe('build_exit');
  await until('everybody heard', () => robot.received.length > 0 && receiver.once.length > 2);
  await until('the stream told the end', () => reader.named('end').length > 0 || reader.closed);
  const build = await rig.db('steps').where({ operation_id: id, name: 'build' }).first('id');
  const pages = [
    ...[path, `${path}/part`, `${path}/raw`, `${path}/raw?step=${build.id}`, `${path}/log?step=${build.id}`],
    ...[
      '/audit',
      '/audit/csv',
      '/history',
      '/notices',
      '/projects/test_leaky',
      '/projects/test_leaky/variables',
    ],
  ];
  const seen: Record<string, string> = { stream: JSON.stringify(reader.events) };
  for (const page of pages) seen[page] = (await admin.get(page).buffer(true).expect(200)).text;
  for (const part of ['', '/log', '/log.txt']) {
    const answer = await api.get(`/api/v1/operations/${id}${part}`).buffer(true).expect(200);
    seen[`API ${part}`] = answer.text;
  }
  expect(seen[`${path}/raw`]).toContain('plain *** and ***\n');
  expect(seen['API /log.txt']).toContain('error: no access with ***');
  expect(reader.log).toContain('error: no access with ***');
  expect(robot.received[0]!.text).toContain('Failure: ');
  Object.assign(seen, {
    database: (await textsOf(rig.db)).join('\n'),
    robot: JSON.stringify(robot.received),
    receiver: JSON.stringify(receiver.once),
    worker: worker.output,
  });
  for (const [place, text] of Object.entries(seen)) expect(wordsIn(text, words), place).toEqual([]);
  const dir = rig.env.CEDAR_DATA_DIR!;
  await until('the folder of the build is gone', () => filesBelow(dir).every((file) => !file.includes(id)));
  for (const file of filesBelow(dir).filter((name) => statSync(name).size < 20_000_000))
    expect(wordsIn(readFileSync(file, 'latin1'), words), file).toEqual([]);
});
