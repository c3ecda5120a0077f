import request, { type Test } from 'supertest';
import { ulid } from 'ulid';
import { makeToken } from '../../../src/auth/token.ts';
import type { Reach, Scope } from '../../../src/model/token.ts';
import * as tokens from '../../../src/store/tokens.ts';
import type { Town } from '../people.ts';

/** A program with a token of its own. */
export class Program {
  readonly t: Town;
  readonly text: string;
  readonly tokenId: string;

  constructor(t: Town, text: string, tokenId: string) {
    this.t = t;
    this.text = text;
    this.tokenId = tokenId;
  }

  call(method: string, path: string): Test {
    const agent = request(this.t.app) as unknown as Record<string, (path: string) => Test>;
    return agent[method.toLowerCase()]!(path).set('Authorization', `Bearer ${this.text}`);
  }

  get(path: string): Test {
    return this.call('GET', path);
  }

  post(path: string, body: object = {}): Test {
    return this.call('POST', path).send(body);
  }
}

export type TokenWish = {
  of?: 'admin' | 'member' | 'outsider';
  scopes?: Scope[];
  reach?: Reach;
  addresses?: string[];
  expiresAt?: number;
};

/** Makes a token as its page does. */
export async function program(t: Town, wish: TokenWish = {}): Promise<Program> {
  const { of = 'admin', scopes = ['read'], reach = null, addresses = [] } = wish;
  const { id: userId } = await t.db('users').where({ username: of }).first('id');
  const { text, prefix, hash } = makeToken();
  const id = ulid();
  const expiresAt = wish.expiresAt ?? Date.now() + 86_400_000;
  const token = { id, userId, name: `t-${id}`, prefix, scopes, reach, addresses, expiresAt };
  await tokens.add(t.db, { ...token, hash });
  return new Program(t, text, id);
}
