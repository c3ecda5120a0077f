import { once } from 'node:events';
import { request as ask, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { open, orLate, type Way } from './open.ts';

export type OutboundRequest = {
  method: string;
  /** http or https; no credentials in it. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
};

/** The first 64 KiB of what was answered, as text. */
export type OutboundAnswer = { status: number; headers: IncomingHttpHeaders; text: string; whole: boolean };

const MOST_BYTES = 64 * 1024;

/**
 * One HTTP request on a connection of its own: no redirects, no proxies, no decompression (S64, S66).
 * @throws OutboundError; TypeError for an address that is none.
 */
export async function request(wanted: OutboundRequest, way: Way): Promise<OutboundAnswer> {
  const url = new URL(wanted.url);
  const tls = url.protocol === 'https:';
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || (tls ? 443 : 80);
  const stream = await open(address, port, way, tls);
  try {
    return await orLate(way, `${address}:${port}`, async () => {
      const body = Buffer.from(wanted.body ?? '');
      const call = ask({
        createConnection: () => stream,
        method: wanted.method,
        path: url.pathname + url.search,
        headers: {
          Host: url.host,
          'User-Agent': 'cedardeploy',
          Connection: 'close',
          ...(body.length > 0 && { 'Content-Length': body.length }),
          ...wanted.headers,
        },
        signal: way.signal,
      });
      // What goes wrong is thrown by whoever waits; a late word of a connection that is over is none.
      call.on('error', () => undefined);
      call.end(body);
      const [response] = (await once(call, 'response', { signal: way.signal })) as [IncomingMessage];
      const { text, whole } = await textOf(response);
      return { status: response.statusCode ?? 0, headers: response.headers, text, whole };
    });
  } finally {
    stream.on('error', () => undefined).destroy();
  }
}

async function textOf(response: IncomingMessage): Promise<{ text: string; whole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MOST_BYTES) break;
  }
  const whole = bytes < MOST_BYTES;
  return { text: Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8'), whole };
}
