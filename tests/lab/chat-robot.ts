import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

const open: Server[] = [];
afterAll(() => {
  for (const server of open) server.close();
});

/** What a robot was told. */
export type Heard = { at: number; text: string; mobiles: string[]; bytes: number };

/** A robot of a chat as its documentation tells: it checks what it is sent, and answers errors inside status 200. */
abstract class ChatRobot {
  readonly heard: Heard[] = [];
  readonly refused: number[] = [];
  /** Answers of a test, given instead of judging; `silent`: it takes what it is sent and never answers. */
  readonly script: (Record<string, unknown> | 'silent')[] = [];
  requests = 0;
  readonly #server: Server;

  protected constructor() {
    this.#server = createServer((req, res) => void this.#take(req, res));
    open.push(this.#server);
  }

  async up(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get gateway(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #take(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    this.requests += 1;
    const scripted = this.script.shift();
    if (scripted === 'silent') return;
    const answer = scripted ?? this.answerTo(new URL(req.url ?? '', this.gateway), raw);
    const code = Number(answer.errcode ?? answer.code);
    if (code !== 0) this.refused.push(code);
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }

  protected hear(text: string, mobiles: string[], { length: bytes }: Buffer): void {
    this.heard.push({ at: Date.now(), text, mobiles, bytes });
  }

  /** Whether it heard so many within the time, and wants no more. */
  protected tooFast(most: number, withinMs: number): boolean {
    return this.heard.filter(({ at }) => at > Date.now() - withinMs).length >= most;
  }

  protected abstract answerTo(url: URL, raw: Buffer): Record<string, unknown>;
}

/** WeCom: a key in the address, a text of at most 2048 bytes, 20 messages a minute. */
export class FakeWecom extends ChatRobot {
  readonly key: string;

  private constructor(key: string) {
    super();
    this.key = key;
  }

  static start(key: string): Promise<FakeWecom> {
    return new FakeWecom(key).up();
  }

  protected answerTo(url: URL, raw: Buffer) {
    if (url.pathname !== '/cgi-bin/webhook/send' || url.searchParams.get('key') !== this.key)
      return { errcode: 93000, errmsg: 'invalid webhook url' };
    const { msgtype, text } = JSON.parse(raw.toString('utf8'));
    if (msgtype !== 'text' || typeof text?.content !== 'string') return { errcode: 40008, errmsg: 'msgtype' };
    if (Buffer.byteLength(text.content) > 2048)
      return { errcode: 40058, errmsg: 'content exceed max length' };
    if (this.tooFast(20, 60_000)) return { errcode: 45009, errmsg: 'api freq out of limit' };
    this.hear(text.content, text.mentioned_mobile_list, raw);
    return { errcode: 0, errmsg: 'ok' };
  }
}

/** Feishu: a token in the path, signed within an hour, a body of at most 20 KB, a keyword if it has one, 5 a second. */
export class FakeFeishu extends ChatRobot {
  readonly rules: { token: string; secret: string; keyword: string };

  private constructor(rules: FakeFeishu['rules']) {
    super();
    this.rules = rules;
  }

  static start(rules: FakeFeishu['rules']): Promise<FakeFeishu> {
    return new FakeFeishu(rules).up();
  }

  protected answerTo(url: URL, raw: Buffer) {
    const { token, secret, keyword } = this.rules;
    if (url.pathname !== `/open-apis/bot/v2/hook/${token}`)
      return { code: 19001, msg: 'param invalid: incoming webhook access token invalid' };
    if (raw.length > 20_480) return { code: 9499, msg: 'Bad Request' };
    const { timestamp, sign, msg_type, content } = JSON.parse(raw.toString('utf8'));
    const right = createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64');
    const late = Math.abs(Date.now() / 1000 - Number(timestamp)) > 3600;
    if (secret && (late || sign !== right))
      return { code: 19021, msg: 'sign match fail or timestamp is not within one hour from current time' };
    if (msg_type !== 'text') return { code: 9499, msg: 'Bad Request' };
    if (keyword && !content.text.includes(keyword)) return { code: 19024, msg: 'Key Words Not Found' };
    if (this.tooFast(5, 1000) || this.tooFast(100, 60_000))
      return { code: 11232, msg: 'create message trigger rate limit' };
    this.hear(content.text, [], raw);
    return { code: 0, msg: 'success', StatusCode: 0 };
  }
}
