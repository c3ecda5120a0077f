import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export type RobotRules = {
  token: string;
  secret?: string;
  keyword?: string;
  perWindow?: number;
  windowMs?: number;
};
export type Received = { at: number; text: string; mobiles: string[]; type: string; bytes?: number };
/** What the robot does with one request instead of judging it: a script of a test. */
export type Trick = 'cut' | 'silent' | 'limited' | 'frequent' | 'busy' | 'forbidden' | 500;

const open: Server[] = [];

/** DingTalk's robots, as its documentation tells: token, signature, keyword, rate and answers inside status 200. */
export class FakeDingtalk {
  readonly received: Received[] = [];
  readonly refused: number[] = [];
  readonly tricks: Trick[] = [];
  readonly requests: string[] = [];
  rules: RobotRules;
  #server: Server;
  #port = 0;

  private constructor(rules: RobotRules) {
    this.rules = rules;
    this.#server = createServer((req, res) => void this.#take(req, res));
  }

  static async start(rules: RobotRules): Promise<FakeDingtalk> {
    const robot = new FakeDingtalk(rules);
    await robot.up();
    return robot;
  }

  /** Where it listens, the same address before and after it was down. */
  get gateway(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async up(): Promise<void> {
    this.#server = createServer((req, res) => void this.#take(req, res));
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    open.push(this.#server);
  }

  async down(): Promise<void> {
    await stop(this.#server);
  }

  async #take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    this.requests.push(req.url ?? '');
    const trick = this.tricks.shift();
    if (trick === 'cut') return void req.socket.destroy();
    if (trick === 'silent') return;
    const code = trick
      ? answers[trick]
      : this.#judge(new URL(req.url ?? '', this.gateway), Buffer.concat(chunks));
    if (code !== 0) this.refused.push(code);
    const body = JSON.stringify({ errcode: code, errmsg: code === 0 ? 'ok' : words[code] });
    res.writeHead(trick === 500 ? 500 : 200, { 'Content-Type': 'application/json' }).end(body);
  }

  #judge(url: URL, raw: Buffer): number {
    const { token, secret, keyword, perWindow = 20, windowMs = 60_000 } = this.rules;
    if (url.pathname !== '/robot/send' || url.searchParams.get('access_token') !== token) return 300001;
    if (secret && !this.#signed(url.searchParams, secret)) return 310000;
    if (raw.length > 20_000) return 460101;
    const body = JSON.parse(raw.toString('utf8'));
    const text: string =
      body.msgtype === 'text' ? body.text.content : `${body.markdown.title}\n${body.markdown.text}`;
    if (keyword && !text.includes(keyword)) return 310000;
    const now = Date.now();
    if (this.received.filter(({ at }) => at > now - windowMs).length >= perWindow) return 130101;
    this.received.push({ at: now, text, mobiles: body.at.atMobiles, type: body.msgtype, bytes: raw.length });
    return 0;
  }

  #signed(query: URLSearchParams, secret: string): boolean {
    const timestamp = query.get('timestamp') ?? '';
    const right = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest();
    const given = Buffer.from(query.get('sign') ?? '', 'base64');
    const late = Math.abs(Date.now() - Number(timestamp)) > 3_600_000;
    return !late && given.length === right.length && timingSafeEqual(given, right);
  }
}

const answers = { limited: 130101, frequent: 410100, busy: -1, forbidden: 430104, 500: -1 } as const;
const words: Record<number, string> = {
  130101: 'send too fast, exceed 20 times per minute',
  300001: 'token is not exist',
  310000: 'sign not match or keywords not in content',
  410100: 'send message too frequently, rate limit',
  430104: 'content forbidden',
  460101: 'message too long',
  [-1]: 'system busy',
};

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

afterAll(async () => {
  await Promise.all(open.filter((server) => server.listening).map(stop));
});
