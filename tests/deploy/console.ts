import type { Express } from 'express';
import { ulid } from 'ulid';
import { afterAll } from 'vitest';
import { makeToken } from '../../src/auth/token.ts';
import { readConfig } from '../../src/config.ts';
import { type Scope, scopes } from '../../src/model/token.ts';
import * as tokens from '../../src/store/tokens.ts';
import * as users from '../../src/store/users.ts';
import { buildApp } from '../../src/web/app.ts';
import { type Listener, listen } from '../../src/web/listener.ts';
import { CedarCommand } from '../lab/cedar-command.ts';
import type { Rig } from '../lab/rig.ts';

const listening: Listener[] = [];

/** A console over a rig's database, as programs reach it. */
export class Console {
  readonly rig: Rig;
  readonly userId = ulid();
  listener!: Listener;

  private constructor(rig: Rig) {
    this.rig = rig;
  }

  static async over(rig: Rig): Promise<Console> {
    const made = new Console(rig);
    const admin = { username: 'root', displayName: 'Root', passwordHash: 'none', role: 'admin' as const };
    await users.add(rig.db, { id: made.userId, ...admin });
    await made.restart();
    return made;
  }

  /** A web process that knows nothing of what the one before had in memory. */
  async restart(): Promise<void> {
    await this.listener?.close();
    this.listener = await listen(this.app(), '127.0.0.1', 0);
    listening.push(this.listener);
  }

  app(): Express {
    const { db, vault, env } = this.rig;
    const settings = readConfig({ ...env, CEDAR_LANGUAGE: 'en', CEDAR_ALLOW_LOOPBACK_HOSTS: 'true' });
    return buildApp({ db, vault, settings, sessionSecret: 'a secret for tests alone, of length' });
  }

  async token(some: Scope[] = [...scopes]): Promise<string> {
    const { text, prefix, hash } = makeToken();
    const expiresAt = Date.now() + 3_600_000;
    const token = { id: ulid(), userId: this.userId, name: `t-${prefix}`, prefix, hash, expiresAt };
    await tokens.add(this.rig.db, { ...token, scopes: some, reach: null, addresses: [] });
    return text;
  }

  post(path: string, token: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.listener.address + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  cedar(token: string, ...args: string[]): CedarCommand {
    return new CedarCommand({ CEDAR_URL: this.listener.address, CEDAR_TOKEN: token }, args);
  }
}

afterAll(async () => {
  await Promise.all(listening.map((listener) => listener.close().catch(unlessClosed)));
});

function unlessClosed(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'ERR_SERVER_NOT_RUNNING') throw error;
}
