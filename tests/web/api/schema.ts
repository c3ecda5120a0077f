import { z } from 'zod';
import type { ApiDocument } from '../../../src/web/api/document.ts';

type Json = Record<string, unknown>;

export type Told = {
  operationId: string;
  security: unknown[];
  'x-scopes': string[];
  'x-guard': string;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { content?: Record<string, { schema: Json }> }>;
};

/** One path and method of the document. */
export type Address = { method: string; path: string; told: Told };

export function addressesOf(document: ApiDocument): Address[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Told>).map(([method, told]) => ({
      method: method.toUpperCase(),
      path,
      told,
    })),
  );
}

/** What the document says of an answer, as a schema that takes no key which the document does not name. */
export function answerSchema(document: ApiDocument, { told }: Address, status: number): z.ZodType {
  const content = told.responses[status]?.content ?? {};
  const found = content['application/json'] ?? content['application/problem+json'];
  if (!found) throw new Error(`${told.operationId} does not say what ${status} holds`);
  return z.fromJSONSchema(whole(document, found.schema));
}

/** The body's fields by name; null where it takes no body. */
export function bodyFields(document: ApiDocument, { told }: Address): Record<string, Json> | null {
  const schema = told.requestBody?.content['application/json']?.schema;
  return schema ? ((whole(document, schema).properties ?? {}) as Record<string, Json>) : null;
}

/** References filled in, and objects closed. */
function whole(document: ApiDocument, schema: Json): Json {
  const known = (document.components?.schemas ?? {}) as Record<string, Json>;
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (value === null || typeof value !== 'object') return value;
    const { $ref, ...rest } = value as Json;
    if (typeof $ref === 'string') return fill(known[$ref.split('/').at(-1)!]);
    const filled = Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, fill(inner)]));
    return 'properties' in filled && !('additionalProperties' in filled)
      ? { ...filled, additionalProperties: false }
      : filled;
  };
  return fill(schema) as Json;
}
