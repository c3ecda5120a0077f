import type { z } from 'zod';
import type { Permission } from '../../model/permission.ts';
import type { Scope, TokenSubject } from '../../model/token.ts';
import type { Call } from './call.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** As the pages' object guard: null or an unseen subject is 404, one that may only be seen is 403. */
export type SubjectGuard = {
  permission: Extract<Permission, `project.${string}`>;
  of: (call: Call) => Promise<TokenSubject | null>;
};

/** Judges by itself; `name` stands in the document. @throws CedarError 404 for what is not seen, 403 for what may not be */
export type JudgingGuard = { name: string; judge: (call: Call) => Promise<void> };

/** Whom an address is open to, besides needing one of its scopes. `public`: to anybody, without a token. */
export type ApiGuard = 'public' | 'token' | 'admin' | 'project.create' | SubjectGuard | JudgingGuard;

/** `body` undefined: no content. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

/** What an address answers with, for the document: a schema, a media type with its sentence, or nothing. */
export type Told = { about: string; schema?: z.ZodType; media?: string };

/** One address of the interface for programs. What the document says of it is made from this alone. */
export type Endpoint = {
  method: Method;
  path: string;
  tag: string;
  summary: string;
  about?: string;
  /** The token needs one of these; empty for public addresses only. */
  scopes: readonly Scope[];
  guard: ApiGuard;
  query: z.ZodObject | null;
  body: z.ZodObject | null;
  /** Takes a form as well as JSON. */
  forms: boolean;
  /** Takes an Idempotency-Key header. */
  named: boolean;
  /** Needs an If-Match header. */
  matched: boolean;
  answers: Record<number, Told>;
  /** Null: the handler has answered by itself. */
  handle: (call: Call, sent: { query: unknown; body: unknown }) => Promise<Answer | null>;
};

type Wanted<Q extends z.ZodObject, B extends z.ZodObject> = Pick<
  Endpoint,
  'method' | 'path' | 'tag' | 'summary' | 'scopes' | 'guard' | 'answers'
> & {
  about?: string;
  query?: Q;
  body?: B;
  forms?: boolean;
  named?: boolean;
  matched?: boolean;
  handle: (call: Call, sent: { query: z.output<Q>; body: z.output<B> }) => Promise<Answer | null>;
};

/** An address whose handler is given what its schemas read. */
export function endpoint<Q extends z.ZodObject, B extends z.ZodObject>(wanted: Wanted<Q, B>): Endpoint {
  return {
    query: null,
    body: null,
    forms: false,
    named: false,
    matched: false,
    ...wanted,
    handle: (call, sent) => wanted.handle(call, sent as { query: z.output<Q>; body: z.output<B> }),
  };
}

export function ok(body: unknown, headers?: Record<string, string>): Answer {
  return { status: 200, body, headers };
}
