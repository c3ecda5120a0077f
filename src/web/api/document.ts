import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import type { Endpoint, Told } from './endpoint.ts';
import { problemSchema } from './schemas/problem.ts';
import { z } from './schemas/z.ts';

export type ApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const Problem = problemSchema.openapi('Problem');
const about =
  'Everything that programs may do. Send a token as `Authorization: Bearer cdr_…`; cookies do not count here. ' +
  'Lists are read page by page: give `next` of one page as `after` of the next. Errors are problems as RFC 9457 has them.';

/** The OpenAPI 3.1 document of these addresses: made from what answers them, so it cannot say anything else. */
export function documentOf(endpoints: readonly Endpoint[]): ApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  for (const one of endpoints) registry.registerPath(pathOf(one));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'CedarDeploy', version: '1', description: about },
    servers: [{ url: '/' }],
  });
}

function pathOf(one: Endpoint): RouteConfig {
  return {
    method: one.method.toLowerCase() as 'get',
    path: one.path.replace(/:(\w+)/g, '{$1}'),
    operationId: nameOf(one),
    tags: [one.tag],
    summary: one.summary,
    description: [one.about, needs(one)].filter(Boolean).join('\n\n'),
    ...(one.guard === 'public' ? { security: [] } : { security: [{ token: [] }] }),
    ...{ 'x-scopes': one.scopes, 'x-guard': guardName(one) },
    request: {
      params: paramsOf(one),
      query: one.query ?? undefined,
      headers: headersOf(one),
      ...(one.body && { body: { required: true, content: contentOf(one, one.body.strict()) } }),
    },
    responses: { ...told(one), ...problems(one) },
  };
}

function nameOf({ method, path }: Endpoint): string {
  const words = path.split('/').filter((word) => word && word !== 'api' && word !== 'v1');
  return [method.toLowerCase(), ...words.map((word) => word.replace(/\W/g, ''))].join('_');
}

function needs({ scopes }: Endpoint): string {
  return scopes.length === 0 ? '' : `Scope: ${scopes.map((scope) => `\`${scope}\``).join(' or ')}.`;
}

function guardName({ guard }: Endpoint): string {
  if (typeof guard === 'string') return guard;
  return 'judge' in guard ? guard.name : guard.permission;
}

function paramsOf({ path }: Endpoint): z.ZodObject | undefined {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
  return names.length === 0
    ? undefined
    : z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
}

function headersOf({ named, matched }: Endpoint): z.ZodObject | undefined {
  const shape = {
    ...(named && {
      'Idempotency-Key': z.string().max(200).optional().describe('The same again is the same request'),
    }),
    ...(matched && { 'If-Match': z.string().describe('ETag of what was read') }),
  };
  return Object.keys(shape).length === 0 ? undefined : z.object(shape);
}

function contentOf({ forms }: Endpoint, schema: z.ZodType) {
  return {
    'application/json': { schema },
    ...(forms && { 'application/x-www-form-urlencoded': { schema } }),
  };
}

function told({ answers }: Endpoint): RouteConfig['responses'] {
  const one = ({ about, schema, media = 'application/json' }: Told) => ({
    description: about,
    ...((schema || media !== 'application/json') && {
      content: { [media]: { schema: schema ?? z.string() } },
    }),
  });
  return Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, one(answer)]));
}

const sentences: Record<number, string> = {
  400: 'A key that does not belong there, or a query that is wrong',
  401: 'No token, or one that is wrong, expired or revoked',
  403: 'The token lacks the scope or its owner the right',
  404: 'Nothing there, or nothing that the token may see',
  409: 'Something is in the way: the project is locked, a key was used for another request',
  412: 'It was changed since it was read',
  422: 'Fields are wrong; each is named',
  428: 'If-Match is missing',
  429: 'Too many calls',
};

function problems(one: Endpoint): RouteConfig['responses'] {
  if (one.guard === 'public') return {};
  const deed = one.method === 'GET' ? [] : [409, 422];
  const found = one.path.includes(':') ? [404] : [];
  const statuses = [400, 401, 403, ...found, ...deed, ...(one.matched ? [412, 428] : []), 429];
  const content = { 'application/problem+json': { schema: Problem } };
  return Object.fromEntries(
    statuses
      .filter((status) => !(status in one.answers))
      .map((status) => [status, { description: sentences[status] ?? '', content }]),
  );
}
