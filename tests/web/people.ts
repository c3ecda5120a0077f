import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import request, { type Test } from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { ulid } from 'ulid';
import { directoryOf } from '../../src/auth/ldap/directory-of.ts';
import { hashPassword } from '../../src/auth/password.ts';
import { Vault } from '../../src/auth/vault.ts';
import { readConfig } from '../../src/config.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import * as grants from '../../src/store/grants.ts';
import * as groups from '../../src/store/groups.ts';
import * as users from '../../src/store/users.ts';
import { buildApp } from '../../src/web/app.ts';
import type { Route } from '../../src/web/route.ts';

export const password = 'correct horse battery';

/** Somebody in front of a browser. */
export class Browser {
  readonly agent: TestAgent;

  constructor(app: Express) {
    this.agent = request.agent(app);
  }

  get(path: string): Test {
    return this.agent.get(path).set('Accept', 'text/html');
  }

  /** Sends a form as a page of ours would: with the token of the page `from`. */
  async post(path: string, form: Record<string, string | string[]> = {}, from = '/profile') {
    const page = await this.get(from);
    const token = /data-csrf="([^"]*)"/.exec(page.text)?.[1] ?? '';
    return this.agent
      .post(path)
      .set('Accept', 'text/html')
      .type('form')
      .send({ ...form, _csrf: token });
  }

  async signIn(username: string, secret = password): Promise<this> {
    const answer = await this.post('/sign-in', { username, password: secret }, '/sign-in');
    if (answer.status !== 303) throw new Error(`sign-in answered ${answer.status}: ${answer.text}`);
    return this;
  }
}

/** A console on a fresh database with one group and three people: an admin, a member, an outsider. */
export type Town = {
  app: Express;
  db: Db;
  vault: Vault;
  groupId: string;
  admin: Browser;
  member: Browser;
  outsider: Browser;
  nobody: Browser;
  /** Changes what the member may do in the group. */
  grant(may: { config: boolean; deploy: boolean }): Promise<void>;
  end(): Promise<void>;
};

/**
 * @param env settings by environment name.
 * @param routes other routes than the console's own.
 * @param options `signedIn: false` leaves the three outside (over https they need a proxy's header to come in).
 */
export async function town(
  env: Record<string, string> = {},
  routes?: readonly Route[],
  options = { signedIn: true },
): Promise<Town> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cedar-web-'));
  const settings = readConfig({ CEDAR_DATA_DIR: dataDir, CEDAR_LANGUAGE: 'en', ...env });
  const db = openDatabase(settings);
  await db.migrate.latest();
  const vault = new Vault(Buffer.alloc(32, 7));
  const directory = directoryOf(settings);
  const sessionSecret = 'a secret for tests alone, of length';
  const app = buildApp({
    db,
    vault,
    settings,
    sessionSecret,
    directory,
    routes,
    metricsToken: settings.metricsToken,
  });
  const groupId = ulid();
  await groups.add(db, { id: groupId, name: 'shop', notes: null });
  const ids = await settle(db);
  await grants.give(db, ids.member, { groupId, config: false, deploy: false });
  const [admin, member, outsider] = await Promise.all(
    ['admin', 'member', 'outsider'].map(async (name) => {
      const browser = new Browser(app);
      return options.signedIn ? browser.signIn(name) : browser;
    }),
  );
  return {
    app,
    db,
    vault,
    groupId,
    admin: admin!,
    member: member!,
    outsider: outsider!,
    nobody: new Browser(app),
    grant: (may) => grants.give(db, ids.member, { groupId, ...may }),
    end: async () => {
      await db.destroy();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const passwordHash = hashPassword(password);

async function settle(db: Db): Promise<Record<'admin' | 'member' | 'outsider', string>> {
  const ids = { admin: ulid(), member: ulid(), outsider: ulid() };
  for (const [username, id] of Object.entries(ids))
    await users.add(db, {
      id,
      username,
      displayName: username,
      passwordHash: await passwordHash,
      role: username === 'admin' ? 'admin' : 'user',
    });
  return ids;
}
