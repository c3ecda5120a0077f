import type { ApiDocument } from './document.ts';

type Named = { name: string; place: string; kind: string; required: boolean; about: string };
type Address = {
  anchor: string;
  method: string;
  path: string;
  summary: string;
  about: string[];
  fields: Named[];
  answers: { status: string; about: string; shape: string }[];
};

type Schema = Record<string, unknown> & {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  description?: string;
};
type Parameter = { name: string; in: string; required?: boolean; description?: string; schema?: Schema };
type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
};

/** The document as a page shows it: addresses by tag, with what each takes and answers. */
export function sectionsOf(document: ApiDocument): { tag: string; addresses: Address[] }[] {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const sections = new Map<string, Address[]>();
  for (const [path, methods] of Object.entries(document.paths ?? {}))
    for (const [method, told] of Object.entries(methods as Record<string, Operation>)) {
      const tag = told.tags[0] ?? '';
      sections.set(tag, [...(sections.get(tag) ?? []), addressOf(path, method, told, schemas)]);
    }
  return [...sections].map(([tag, addresses]) => ({ tag, addresses }));
}

function addressOf(path: string, method: string, told: Operation, schemas: Record<string, Schema>): Address {
  const { parameters = [], requestBody, responses } = told;
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  return {
    anchor: told.operationId,
    method: method.toUpperCase(),
    path,
    summary: told.summary,
    about: (told.description ?? '').split('\n\n').filter(Boolean),
    fields: [...parameters.map(parameterOf), ...bodyOf(body, schemas)],
    answers: Object.entries(responses).map(([status, { description, content }]) => {
      const [media, found] = Object.entries(content ?? {})[0] ?? [];
      const shape = media === 'application/json' && found ? shapeOf(found.schema, schemas, 0) : (media ?? '');
      return { status, about: description, shape };
    }),
  };
}

function parameterOf({ name, in: place, required = false, description = '', schema }: Parameter): Named {
  return { name, place, required, about: description || (schema?.description ?? ''), kind: kindOf(schema) };
}

function bodyOf(schema: Schema | undefined, schemas: Record<string, Schema>): Named[] {
  const { properties = {}, required = [] } = schema ? resolved(schema, schemas) : {};
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    place: 'body',
    kind: kindOf(inner),
    required: required.includes(name),
    about: inner.description ?? '',
  }));
}

function resolved(schema: Schema, schemas: Record<string, Schema>): Schema {
  return schema.$ref ? (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;
}

function kindOf(schema: Schema | undefined): string {
  const several = schema?.anyOf ?? schema?.oneOf;
  if (several) return [...new Set(several.map(kindOf))].filter(Boolean).join(' | ');
  if (schema?.allOf) return kindOf(schema.allOf[0]);
  if (schema?.enum) return schema.enum.map(String).join(' | ');
  return [schema?.type ?? []].flat().join(' | ');
}

/** An outline of an answer, as JSON would look: names and kinds. */
function shapeOf(schema: Schema, schemas: Record<string, Schema>, depth: number): string {
  const { properties, items, ...plain } = resolved(schema, schemas);
  const indent = '  '.repeat(depth + 1);
  if (items) return `[${shapeOf(items, schemas, depth)}]`;
  if (!properties) return kindOf(plain as Schema) || 'any';
  const lines = Object.entries(properties).map(
    ([name, inner]) => `${indent}${name}: ${shapeOf(inner, schemas, depth + 1)}`,
  );
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}
