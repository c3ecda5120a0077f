import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import * as projects from '../../src/store/projects.ts';
import * as sshKeys from '../../src/store/ssh-keys.ts';
import type { Town } from '../web/people.ts';
import { hostFields, settingFields } from '../web/setup-forms.ts';
import { releaseOf, runIn, type Shop, shopIn } from '../web/shop.ts';

const fresh = () => `Canary${randomBytes(15).toString('hex')}`;

/** What people type into the console, by its kind. */
export const typed = {
  ...{
    projectVariable: fresh(),
    hostVariable: fresh(),
    environmentVariable: fresh(),
    plainVariable: fresh(),
  },
  ...{
    fileText: fresh(),
    fileAddress: fresh(),
    consulToken: fresh(),
    nacosPassword: fresh(),
    nacosToken: fresh(),
  },
  ...{ dingtalkToken: fresh(), dingtalkSecret: fresh(), webhookSecret: fresh(), supervisorPassword: fresh() },
  ...{ environmentPassword: fresh(), password: fresh(), wrongPassword: fresh(), gitPassword: fresh() },
  ldapPassword: fresh(),
};

type Form = Record<string, string | string[]>;

/** Types every kind of secret that there is into the pages; gives those that the console makes itself. */
export async function typeAll(
  t: Town,
  dataDir: string,
): Promise<{ made: Record<string, string>; shop: Shop }> {
  const shop = await shopIn(t);
  const send = async (path: string, form: Form, status = 303) => {
    const answer = await t.admin.post(path, form);
    if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 3000)}`);
    return answer;
  };
  await t.admin.post('/environments/test/variables', {
    variables: `E=${typed.environmentVariable}`,
    secret: 'on',
  });
  const production = { ...settingFields(), position: '1', supervisorPassword: typed.environmentPassword };
  await send('/environments/test', production);
  await send(`/hosts/${shop.hostIds[0]}`, {
    ...withoutEnvironment(hostFields({ name: 'web1', address: '192.0.2.1' })),
    supervisorPassword: typed.supervisorPassword,
  });
  for (const key of ['test_shop', 'online_shop']) {
    const path = `/projects/${key}`;
    await send(`${path}/variables`, { variables: `T=${typed.projectVariable}`, secret: 'on' });
    await send(`${path}/variables`, { variables: `P=${typed.plainVariable}` });
    const file = { placed: 'after-build', source: 'text', url: '', text: '', seen: '', secret: 'on' };
    await send(`${path}/files`, { ...file, path: 'key.pem', text: `a\n${typed.fileText}\n` });
    const url = `https://config.example.com/f?token=${typed.fileAddress}`;
    await send(`${path}/files`, { ...file, path: 'far.pem', source: 'url', url });
  }
  const [placement] = await t.db('placements').where({ project_id: shop.test.id }).pluck('id');
  const onHost = `/projects/test_shop/hosts/${placement}/variables`;
  await send(onHost, { variables: `H=${typed.hostVariable}`, secret: 'on' });
  await sendTraffic(t, send);
  const robot = { option_keyword: '', option_format: 'text', option_mobiles: '', option_gateway: '' };
  await send('/notices/channels', {
    ...{ kind: 'dingtalk', name: 'robot', groupId: '', ...robot },
    ...{ option_token: typed.dingtalkToken, option_secret: typed.dingtalkSecret },
  });
  await send('/notices/channels', {
    ...{ kind: 'webhook', name: 'ci', groupId: '', option_url: 'https://ci.example.com/x' },
    option_secret: typed.webhookSecret,
  });
  await send('/people', {
    ...{ username: 'zoe', displayName: 'Zoe', role: 'user' },
    ...{ password: typed.password, again: typed.password },
  });
  await t.nobody.post('/sign-in', { username: 'zoe', password: typed.wrongPassword }, '/sign-in');
  await t.nobody.post('/sign-in', { username: 'dora', password: typed.wrongPassword }, '/sign-in');
  const git = `https://me:${typed.gitPassword}@git.example.com/x.git`;
  await t.admin.post('/projects', { ...projectWith(git), groupId: t.groupId });
  const made = await makeAll(t, send, dataDir);
  await runIn(t, shop, shop.test);
  await releaseOf(t, shop.test);
  return { made, shop };
}

type Send = (path: string, form: Form, status?: number) => Promise<{ text: string }>;

async function sendTraffic(t: Town, send: Send): Promise<void> {
  const checks = {
    ...{ checkPort: 'on', checkHttp: 'on', checkPath: '/ok', checkCode: '200', checkFrom: 'worker' },
    ...{ checkHeader: '', checkGood: '1', drainSeconds: '0', timeoutSeconds: '5' },
  };
  const revision = async (key: string) => String((await projects.byKey(t.db, key))!.revision);
  await send('/projects/test_shop/traffic', {
    ...{ revision: await revision('test_shop'), ...checks, registry: 'consul', option_mode: 'maintenance' },
    ...{ option_agent: 'http://{host}:8500', option_from: 'host', option_service: '{name}' },
    ...{ option_id: '{project}-{port}', option_definition: '', option_token: typed.consulToken },
  });
  await send('/projects/online_shop/traffic', {
    ...{ revision: await revision('online_shop'), ...checks, registry: 'nacos', option_api: 'v1' },
    ...{ option_server: 'http://nacos.example:8848', option_from: 'worker', option_service: '{name}' },
    ...{
      option_group: 'G',
      option_namespace: '',
      option_cluster: 'DEFAULT',
      option_ip: '{host}',
      option_user: 'u',
    },
    ...{ option_password: typed.nacosPassword, option_token: typed.nacosToken },
  });
}

/** What the console makes: shown once in an answer, or never at all. */
async function makeAll(t: Town, send: Send, dataDir: string): Promise<Record<string, string>> {
  const hook = await send('/projects/test_shop/webhooks/secret', {}, 200);
  const api = { scopes: ['read'], everywhere: 'on', addresses: '', days: '90' };
  const token = await send('/profile/tokens', { ...api, name: 'api' }, 200);
  const expand = await send('/profile/tokens', { ...api, name: 'grow', scopes: ['expand'] }, 200);
  const keys = new KeyFolder(join(dataDir, 'keys'), t.vault);
  const { line, fingerprint } = await keys.ensure('default');
  await sshKeys.publish(t.db, { name: 'default', publicKey: line, fingerprint });
  const lines = (await keys.private('default')).split('\n');
  return {
    inboundSecret: found(hook.text, /value="whsec_([^"]{20})/),
    apiToken: found(token.text, /cdr_[0-9a-z]{12}_([A-Za-z0-9_-]{43})/),
    expansionToken: found(expand.text, /cdr_[0-9a-z]{12}_([A-Za-z0-9_-]{43})/),
    sshKey: lines.slice(2, -2).join('').slice(-64, -4),
  };
}

const found = (text: string, pattern: RegExp) => pattern.exec(text)?.[1] ?? '';

function withoutEnvironment({ environment: _, ...form }: Form): Form {
  return form;
}

function projectWith(gitUrl: string): Form {
  return {
    ...{ type: 'nodejs', environment: 'test', name: 'leaky', gitUrl, branch: 'main', port: '4900' },
    ...{
      command: '',
      timeoutSeconds: '600',
      idleSeconds: '60',
      output: '',
      checkPath: '/ok',
      checkCode: '200',
    },
    ...{ startSeconds: '1', stopSeconds: '10', shared: '', keep: '', notes: '' },
  };
}
