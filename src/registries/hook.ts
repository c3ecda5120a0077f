import { z } from 'zod';
import { address, addressOrNone, choice, from, line, secret } from './option-kinds.ts';
import { fill, fillUrl, insideJson } from './places.ts';
import type { Instance, Means, Registry } from './registry.ts';
import { RegistryFailure } from './registry-failure.ts';

/** Any load balancer or registry that takes an HTTP request. */
export const hook: Registry = {
  name: 'hook',
  counts: true,
  needsPort: false,
  options: [
    choice('method', ['POST', 'PUT', 'PATCH', 'DELETE', 'GET']),
    {
      name: 'url',
      kind: 'line',
      schema: address,
      initial: 'https://gateway.example/{direction}?at={host}:{port}',
    },
    { name: 'url_in', kind: 'line', schema: addressOrNone, initial: '' },
    from,
    { name: 'body', kind: 'lines', schema: z.string().max(8000), initial: '' },
    line('content_type', 'application/json'),
    {
      ...line('header_name'),
      schema: z
        .string()
        .trim()
        .max(60)
        .regex(/^[A-Za-z0-9-]*$/, 'header_name'),
    },
    secret('header_value'),
    {
      name: 'code',
      kind: 'line',
      schema: z
        .string()
        .trim()
        .regex(/^(?:[1-5]\d\d)?$/, 'status'),
      initial: '',
    },
    line('answer'),
  ],
  takeOut: (instance, means) => call(instance, means, 'out'),
  putIn: (instance, means) => call(instance, means, 'in'),
};

async function call(instance: Instance, means: Means, direction: 'in' | 'out'): Promise<void> {
  const { options } = instance;
  const { method = 'POST', url = '', url_in = '', body = '', code = '', answer: expected = '' } = options;
  const asJson = /json/i.test(options.content_type ?? '');
  const sent = fill(body, instance, { direction }, asJson ? insideJson : undefined);
  const answer = await means.request({
    method,
    url: fillUrl(direction === 'in' && url_in ? url_in : url, instance, { direction }),
    headers: headersOf(instance, sent),
    body: sent || undefined,
    from: options.from ?? 'worker',
  });
  const good = code === '' ? answer.status >= 200 && answer.status < 300 : String(answer.status) === code;
  if (!good || !answer.text.includes(expected)) throw RegistryFailure.of(answer);
}

function headersOf({ options }: Instance, body: string): Record<string, string> {
  return {
    ...(body && options.content_type && { 'Content-Type': options.content_type }),
    ...(options.header_name && options.header_value && { [options.header_name]: options.header_value }),
  };
}
