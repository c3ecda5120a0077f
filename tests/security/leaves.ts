import { z } from 'zod';

/** A field of a body that holds one value, by its place: `parts[].ref`; `{}` stands for the names of a record. */
export type Leaf = { place: string; schema: z.ZodType };

/** Every field of a schema down to single values, whatever it is wrapped in. */
export function leavesOf(schema: z.ZodType, place = ''): Leaf[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return leavesOf(schema.unwrap() as z.ZodType, place);
  if (schema instanceof z.ZodArray) return leavesOf(schema.element as z.ZodType, `${place}[]`);
  if (schema instanceof z.ZodRecord)
    return [
      { place: `${place}.{}`, schema: schema.keyType as unknown as z.ZodType },
      ...leavesOf(schema.valueType as z.ZodType, `${place}.*`),
    ];
  if (!(schema instanceof z.ZodObject)) return [{ place, schema }];
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, inner]) =>
    leavesOf(inner, place === '' ? name : `${place}.${name}`),
  );
}
