import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import { ownAddress } from './fleet.ts';

export type FakeCall = {
  at: number;
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
};
export type FakeAnswer = { status: number; body?: string };

/** well: as it should be; broken: 500; hanging: no answer at all; odd: 200 with something else. */
export type Mood = 'well' | 'broken' | 'hanging' | 'odd';

const started: FakeHttp[] = [];

/** A small real HTTP server on a loopback address of its own; it keeps what it was asked, with times. */
export abstract class FakeHttp {
  readonly calls: FakeCall[] = [];
  /** For each call; `moodFor` may tell calls apart. */
  mood: Mood = 'well';
  moodFor: (call: FakeCall) => Mood = () => this.mood;
  url = '';
  readonly #server: Server;
  readonly #hanging = new Set<ServerResponse>();

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    started.push(this);
  }

  /** What a real one would answer; it keeps the state. */
  protected abstract answer(call: FakeCall): FakeAnswer;

  async start(): Promise<this> {
    const address = ownAddress();
    await new Promise<void>((resolve) => this.#server.listen(0, address, resolve));
    this.url = `http://${address}:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): Promise<void> {
    for (const response of this.#hanging) response.destroy();
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://fake');
    const call: FakeCall = {
      at: Date.now(),
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.calls.push(call);
    const mood = this.moodFor(call);
    if (mood === 'hanging') return void this.#hanging.add(response);
    const said: Record<Exclude<Mood, 'hanging' | 'well'>, FakeAnswer> = {
      broken: { status: 500, body: 'no leader' },
      odd: { status: 200, body: '<html>Welcome</html>' },
    };
    const { status, body = '' } = mood === 'well' ? this.answer(call) : said[mood];
    response.writeHead(status).end(body);
  }
}

afterAll(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});
