import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { messageOf } from '../errors.ts';
import { judgeAddress } from '../model/host-address.ts';
import { type Means, NotSent } from './channel.ts';
import { isRefusedAddress, judgedLookup } from './judged-lookup.ts';

/** `waitMs`: how long the receiver wants to be left alone (`Retry-After` in seconds); 0: no wish. */
export type Posted = { status: number; text: string; waitMs: number };

/**
 * One POST of JSON: no proxy of the environment (S66), no redirect, at most 64 KiB of answer, one deadline for all
 * of it. The address that a name stands for is judged when it is looked up, so that no name leads to a link-local
 * or loopback machine (S62, S65).
 * @throws NotSent without an answer (again later), or to an address that nothing is sent to (for good).
 */
export async function post(
  url: URL,
  body: string,
  headers: Record<string, string>,
  means: Pick<Means, 'allowLoopback' | 'own' | 'deadlineMs'>,
): Promise<Posted> {
  const rules = { allowLoopback: means.allowLoopback, own: means.own };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && !judgeAddress(host, rules).ok) throw refusedAddress();
  const agent = { lookup: judgedLookup(rules), keepAlive: false };
  try {
    // large, and web, which imports the channels, never sends
    const { default: axios } = await import('axios');
    const answer = await axios.post(url.href, body, {
      adapter: 'http',
      proxy: false,
      maxRedirects: 0,
      maxContentLength: 64 * 1024,
      responseType: 'text',
      transformResponse: (text) => text,
      validateStatus: () => true,
      signal: AbortSignal.timeout(means.deadlineMs),
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
      headers: { 'Content-Type': 'application/json; charset=utf-8', 'User-Agent': 'cedardeploy', ...headers },
    });
    const seconds = /^\d{1,6}$/.exec(String(answer.headers['retry-after'] ?? ''))?.[0] ?? '0';
    return { status: answer.status, text: String(answer.data ?? ''), waitMs: Number(seconds) * 1000 };
  } catch (error) {
    if (isRefusedAddress(error)) throw refusedAddress();
    throw new NotSent(whyNot(error), false);
  }
}

export function refusedAddress(): NotSent {
  return new NotSent('the address is one that nothing is sent to', true);
}

/** Without the address: it may carry a token. */
function whyNot(error: unknown): string {
  const code = String((error as { code?: unknown }).code ?? '');
  if (code === 'ERR_CANCELED') return 'no answer in time';
  if (/^[A-Z][A-Z0-9_]+$/.test(code) && !code.startsWith('ERR_BAD')) return code;
  return messageOf(error)
    .replace(/(?<!\S)\S*?:\/\/\S*/g, '…')
    .slice(0, 200);
}
