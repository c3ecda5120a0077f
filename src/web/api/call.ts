import type { Request, Response } from 'express';
import type { Vault } from '../../auth/vault.ts';
import { CedarError, type FieldError, InvalidForm } from '../../errors.ts';
import type { Translate } from '../../i18n/index.ts';
import type { Permission } from '../../model/permission.ts';
import { reaches, type TokenSubject, tokenMay } from '../../model/token.ts';
import type { AuditEntry } from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import type { WebSettings } from '../settings.ts';
import { actorOf, type Caller } from './caller.ts';

export type CallParts = {
  req: Request;
  res: Response;
  db: Db;
  vault: Vault;
  settings: WebSettings;
  t: Translate;
  caller: Caller | null;
};

type Entry = Pick<AuditEntry, 'action' | 'object'> &
  Partial<Pick<AuditEntry, 'before' | 'after' | 'result' | 'reason'>>;

/** One request of a program, in the words of a handler: who, what, answer. */
export class Call {
  readonly req: Request;
  readonly res: Response;
  readonly db: Db;
  readonly vault: Vault;
  readonly settings: WebSettings;
  readonly t: Translate;
  readonly #caller: Caller | null;

  constructor(parts: CallParts) {
    this.req = parts.req;
    this.res = parts.res;
    this.db = parts.db;
    this.vault = parts.vault;
    this.settings = parts.settings;
    this.t = parts.t;
    this.#caller = parts.caller;
  }

  /** Who calls; for addresses whose guard is not `public`. */
  get caller(): Caller {
    if (this.#caller === null) throw new CedarError('token_needed', {}, 401);
    return this.#caller;
  }

  /** Null on public addresses. */
  get known(): Caller | null {
    return this.#caller;
  }

  may(permission: Permission, subject?: TokenSubject): boolean {
    const { person, token } = this.caller;
    return tokenMay(person, token.reach, permission, subject);
  }

  /** True where the token may see things of that group and project. */
  sees(of: { groupId: string; projectId: string }): boolean {
    const groups = this.groupIds;
    return reaches(this.caller.token.reach, of) && (groups === undefined || groups.includes(of.groupId));
  }

  /** The groups of the person for whom it acts; undefined: all. The token's reach narrows them further. */
  get groupIds(): string[] | undefined {
    const { person } = this.caller;
    return person.role === 'admin' ? undefined : person.grants.map((grant) => grant.groupId);
  }

  /** A part of the path. */
  param(name: string): string {
    return String(this.req.params[name] ?? '');
  }

  /** Ends the request with 422 and the fields named. */
  refuse(...fields: FieldError[]): never {
    throw new InvalidForm(fields);
  }

  /** Ends the request with 404. */
  notFound(): never {
    throw new CedarError('not_found', {}, 404);
  }

  /** As whom operations are launched. */
  get by(): { id: string; username: string; displayName: string } {
    const { person, token } = this.caller;
    return {
      id: person.id,
      username: actorOf(this.caller),
      displayName: `${person.displayName} (${token.name})`.slice(0, 128),
    };
  }

  /** Where the request came from, for operations and audit rows. */
  get origin(): { ip: string | null; requestId: string; via: 'api'; tokenId: string } {
    const { id: tokenId } = this.caller.token;
    return { ip: this.req.ip ?? null, requestId: String(this.req.id), via: 'api', tokenId };
  }

  /** An audit row of what this program does with this request. */
  audit(entry: Entry): AuditEntry {
    const { tokenId: _, ...from } = this.origin;
    return { actor: actorOf(this.caller), ...from, result: 'ok', ...entry };
  }
}
