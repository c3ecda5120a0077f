import type { SupervisorAccess } from './access.ts';

/** The last one of each access: a sweep asks the same again and again. */
const requests = new WeakMap<SupervisorAccess, { body: string; request: Buffer }>();

/** The HTTP request that posts a call to supervisor's socket. */
export function requestOf(access: SupervisorAccess, body: string): Buffer {
  const known = requests.get(access);
  if (known?.body === body) return known.request;
  const login = Buffer.from(`${access.user}:${access.password}`).toString('base64');
  const lines = [
    'POST /RPC2 HTTP/1.1',
    'Host: supervisor',
    'Content-Type: text/xml',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(access.user ? [`Authorization: Basic ${login}`] : []),
  ];
  const request = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
  requests.set(access, { body, request });
  return request;
}
