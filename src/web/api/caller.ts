import type { Request } from 'express';
import { isAllowedFrom, prefixOf, sameHash, tokenHash } from '../../auth/token.ts';
import { CedarError } from '../../errors.ts';
import type { Person } from '../../model/person.ts';
import type { Token } from '../../model/token.ts';
import type { Db } from '../../store/database.ts';
import * as tokens from '../../store/tokens.ts';
import * as users from '../../store/users.ts';

/** The program behind a request: its token, and the person for whom it acts, with the rights of this moment. */
export type Caller = { token: Token; person: Person };

/** Refused with a token that is known: so that the refusal can be noted under its name. */
export class TokenRefused extends CedarError {
  readonly token: Token;
  constructor(token: Token, code: string, status: 401 | 403) {
    super(code, {}, status);
    this.token = token;
  }
}

/**
 * Who calls, by the header `Authorization: Bearer …` alone: no cookie counts here.
 * @throws CedarError `token_needed`, `token_wrong` (401); TokenRefused `token_revoked`, `token_expired`,
 *   `token_owner` (401), `token_address` (403)
 */
export async function callerOf(req: Request, db: Db): Promise<Caller> {
  const sent = /^Bearer +(\S+) *$/i.exec(req.get('Authorization') ?? '')?.[1];
  if (sent === undefined) throw new CedarError('token_needed', {}, 401);
  const prefix = prefixOf(sent);
  const found = prefix === null ? null : await tokens.byPrefix(db, prefix);
  const right = sameHash(found?.hash ?? tokenHash(''), tokenHash(sent));
  if (!found || !right) throw new CedarError('token_wrong', {}, 401);
  return judged(req, db, found.token);
}

async function judged(req: Request, db: Db, token: Token): Promise<Caller> {
  const [from, now] = [req.ip ?? '', Date.now()];
  if (token.revokedAt !== null) throw new TokenRefused(token, 'token_revoked', 401);
  if (token.expiresAt <= now) throw new TokenRefused(token, 'token_expired', 401);
  const person = await users.person(db, token.userId);
  if (!person) throw new TokenRefused(token, 'token_owner', 401);
  if (!isAllowedFrom(token.addresses, from)) throw new TokenRefused(token, 'token_address', 403);
  await tokens.use(db, token, from, now);
  return { token, person };
}

/** How audit rows and operations name a program. */
export function actorOf({ token, person }: Caller): string {
  return `token:${person.username}/${token.name}`;
}
