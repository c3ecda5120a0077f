import { randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { CommandFailed, type Exit } from './exit.ts';
import type { CliSettings } from './settings.ts';

const TRIES = 4;
/** Longer than the server may take over a call with `wait=20`. */
const CALL_MS = 60_000;

export type Problem = { title?: string; code?: string; remedy?: string; detail?: Record<string, unknown> };
type Query = Record<string, string | number | undefined>;

/** The console's interface for programs, over one connection that is kept. */
export class Client {
  readonly #http: AxiosInstance;
  readonly #url: string;

  constructor({ url, token, ca }: CliSettings) {
    this.#url = url;
    this.#http = axios.create({
      baseURL: url,
      headers: { Authorization: `Bearer ${token}`, 'Accept-Language': languageOf(process.env) },
      httpsAgent: new Agent({ keepAlive: true, ...(ca && { ca }) }),
      timeout: CALL_MS,
      maxRedirects: 0,
      validateStatus: () => true,
    });
  }

  /** Reads; tried again where the connection fails, and later where the console says that it was too soon. */
  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#send<T>(() => this.#http.get(path, { params: query }));
  }

  /** Reads a text as it is. */
  text(path: string): Promise<string> {
    const asItIs = { responseType: 'text', transformResponse: (data: unknown) => data } as const;
    return this.#send<string>(() => this.#http.get(path, asItIs));
  }

  /** A deed under a name of its own, so that it can be sent again without being done twice. */
  post<T>(path: string, body: object, key: string = randomUUID()): Promise<T> {
    const named = { headers: { 'Idempotency-Key': key } };
    return this.#send<T>(() => this.#http.post(path, body, named), false);
  }

  /** Every row of a list. */
  async all<T>(path: string, query: Query = {}): Promise<T[]> {
    const rows: T[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.get<{ items: T[]; next: string | null }>(path, { ...query, after, limit: 200 });
      rows.push(...page.items);
      if (page.next === null) return rows;
      after = page.next;
    }
  }

  async #send<T>(call: () => Promise<AxiosResponse>, reading = true): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const answer = await call().catch((error: unknown) => error as Error);
      const lost = answer instanceof Error || answer.status === 503;
      const early = !lost && answer.status === 429 && reading && attempt < TRIES;
      if (!lost && !early) return read<T>(answer, this.#url);
      if (attempt >= TRIES) throw unreachable(this.#url, answer);
      await pause(early ? 1000 * Number(answer.headers['retry-after'] ?? 1) : 250 * 2 ** attempt);
    }
  }
}

function unreachable(url: string, answer: Error | AxiosResponse): CommandFailed {
  const why =
    answer instanceof Error ? answer.message || String((answer as { code?: string }).code) : 'HTTP 503';
  return new CommandFailed('unreachable', `${url} does not answer: ${why}`);
}

function read<T>(answer: AxiosResponse, url: string): T {
  const { status, data } = answer;
  if (status >= 200 && status < 300) return data as T;
  if (!isProblem(answer))
    throw new CommandFailed('unreachable', `${url} answered HTTP ${status}: is that the console?`);
  const problem = (typeof data === 'string' ? JSON.parse(data) : data) as Problem & {
    errors?: { field: string; message: string }[];
  };
  const fields = (problem.errors ?? []).map(({ field, message }) => `  ${field}: ${message}`);
  const lines = [problem.title ?? `HTTP ${status}`, ...fields, problem.remedy ?? ''];
  throw new CommandFailed(exitFor(status, problem), lines.filter(Boolean).join('\n'), problem);
}

function isProblem({ headers }: AxiosResponse): boolean {
  return String(headers['content-type'] ?? '').startsWith('application/problem+json');
}

function exitFor(status: number, { code }: Problem): Exit {
  if (code === 'locked' || status === 429) return 'busy';
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'usage';
  return status >= 500 ? 'unreachable' : 'refused';
}

function languageOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): string {
  return /^zh/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'zh-CN' : 'en';
}
