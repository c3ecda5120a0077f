import type { Readable } from 'node:stream';
import axios from 'axios';
import { messageOf } from '../errors.ts';

/** What a process answered: its status, or why there was none. */
export type HttpAnswer = { status: number | null; problem: string };

/** One GET of a process's own address: 5 s in all, its first words read, no redirects, no proxy of the environment (S64, S66). */
export async function httpGet(
  address: string,
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  const host = address.includes(':') ? `[${address}]` : address;
  try {
    const response = await axios.get(`http://${host}:${port}${path}`, {
      adapter: 'http',
      proxy: false,
      maxRedirects: 0,
      responseType: 'stream',
      decompress: false,
      validateStatus: () => true,
      signal: AbortSignal.timeout(5000),
      headers: { 'User-Agent': 'cedardeploy-check', Connection: 'close', ...headers },
    });
    return { status: response.status, problem: await firstWords(response.data) };
  } catch (error) {
    return { status: null, problem: messageOf(error).slice(0, 200) };
  }
}

/** However long the page is, only its beginning is read. */
async function firstWords(body: Readable): Promise<string> {
  let text = '';
  for await (const chunk of body) {
    text += chunk;
    if (text.length >= 1000) break;
  }
  return text.trim().slice(0, 200);
}
