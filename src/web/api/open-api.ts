import { type ApiDocument, documentOf } from './document.ts';
import { type Endpoint, endpoint, ok } from './endpoint.ts';
import { z } from './schemas/z.ts';

const documents = new WeakMap<readonly Endpoint[], ApiDocument>();

/** The document of a list of addresses, made once. */
export function documentFor(all: readonly Endpoint[]): ApiDocument {
  const known = documents.get(all) ?? documentOf(all);
  documents.set(all, known);
  return known;
}

/** The address of the document. It is no secret: it says nothing of this installation. */
export const openApi = endpoint({
  ...{ method: 'GET', path: '/api/v1/openapi.json', tag: 'About', scopes: [], guard: 'public' },
  summary: 'This document',
  answers: { 200: { about: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
  handle: async (call) => ok(documentFor(call.req.app.locals.endpoints as readonly Endpoint[])),
});
