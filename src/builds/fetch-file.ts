import { lookup } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { CedarError, messageOf } from '../errors.ts';
import { type FileUrlRules, judgeFileUrl } from '../model/file-url.ts';
import { judgeAddress } from '../model/host-address.ts';

const MOST_REDIRECTS = 3;

export type FileFetch = {
  rules: FileUrlRules;
  /** For all of it, from the name's resolution to the last byte. */
  timeoutMs: number;
  maxBytes: number;
  signal?: AbortSignal;
};

/**
 * Fetches a file. A redirect is followed on the same server only, and the address that a name stands for is judged
 * when the connection is made, so that no name leads where an address may not.
 * @throws CedarError `file_fetch` with the reason in words
 */
export async function fetchFile(text: string, limits: FileFetch): Promise<Buffer> {
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const signal = limits.signal ? AbortSignal.any([limits.signal, timeout]) : timeout;
  try {
    return await follow(text, { ...limits, signal });
  } catch (error) {
    if (limits.signal?.aborted) throw error;
    const late = `not there after ${limits.timeoutMs / 1000} s`;
    const reason = timeout.aborted ? late : error instanceof Refusal ? error.message : told(error);
    throw new CedarError('file_fetch', { reason }, 502, { cause: error });
  }
}

class Refusal extends Error {}

/** Of a name with several addresses the error has no message of its own. */
function told(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return messageOf(error) || code || 'no connection';
}

async function follow(text: string, limits: FileFetch): Promise<Buffer> {
  let url = allowed(text, limits.rules);
  for (let left = MOST_REDIRECTS; ; left--) {
    const answer = await ask(url, limits);
    const status = answer.statusCode ?? 0;
    const location = status >= 300 && status < 400 ? answer.headers.location : undefined;
    if (location === undefined) return await bodyOf(answer, status, limits);
    answer.destroy();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (next?.origin !== url.origin) throw new Refusal(`it redirects to ${next?.origin ?? 'nowhere'}`);
    if (left === 0) throw new Refusal('it redirects again and again');
    url = next;
  }
}

function allowed(text: string, rules: FileUrlRules): URL {
  const verdict = judgeFileUrl(text, rules);
  if (!verdict.ok) throw new Refusal('this installation does not fetch from there');
  return verdict.url;
}

function ask(url: URL, { rules, signal }: FileFetch): Promise<IncomingMessage> {
  const { get } = url.protocol === 'https:' ? https : http;
  const headers = { accept: '*/*', 'user-agent': 'CedarDeploy' };
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, signal, agent: false, lookup: judged(rules) }, resolve);
    request.on('error', reject);
  });
}

/** Resolves names as ever, and refuses every answer that is no machine to fetch from. */
function judged(rules: FileUrlRules): LookupFunction {
  return (name, options, callback) => {
    lookup(name, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const bad = found.find(({ address }) => isIP(address) !== 0 && !judgeAddress(address, rules).ok);
      if (bad)
        return callback(new Refusal(`${name} is ${bad.address}, from where nothing is fetched`), '', 0);
      if (options.all) return callback(null, found);
      const [first] = found;
      callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}

async function bodyOf(answer: IncomingMessage, status: number, { maxBytes }: FileFetch): Promise<Buffer> {
  try {
    if (status !== 200) throw new Refusal(`it answers ${status}`);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Refusal(`it is larger than ${Math.floor(maxBytes / 1024)} KiB`);
    }
    if (!answer.complete) throw new Refusal('it broke off');
    return Buffer.concat(chunks);
  } finally {
    answer.destroy();
  }
}
