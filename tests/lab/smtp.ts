import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { afterAll } from 'vitest';

/** A mail that the server has taken upon itself. */
export type TakenMail = { from: string; to: string[]; data: string; secure: boolean; user: string | null };
export type SmtpRules = {
  mode: 'starttls' | 'implicit' | 'none';
  /** Where server.key and server.pem are. */
  dir?: string;
  login?: { user: string; password: string };
};
/** What becomes of one command: an answer in place of the right one, none at all, or the end of the connection. */
export type SmtpTrick = { at: string; answer: string | 'silent' | 'cut' };

const open: FakeSmtp[] = [];
afterAll(() => Promise.all(open.map((one) => one.down())));

/** A mail server as RFC 5321 tells: it keeps the order of commands, and takes nothing before TLS and login are done. */
export class FakeSmtp {
  readonly taken: TakenMail[] = [];
  readonly commands: string[] = [];
  readonly tricks: SmtpTrick[] = [];
  readonly rules: SmtpRules;
  port = 0;
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();
  readonly #context: SecureContext | null;

  private constructor(rules: SmtpRules) {
    this.rules = rules;
    const file = (name: string) => readFileSync(`${rules.dir}/${name}`);
    this.#context =
      rules.mode === 'none'
        ? null
        : createSecureContext({ key: file('server.key'), cert: file('server.pem') });
    open.push(this);
  }

  static async start(rules: SmtpRules): Promise<FakeSmtp> {
    const server = new FakeSmtp(rules);
    server.#server = createServer((socket) => server.#greet(socket));
    await new Promise<void>((resolve) => server.#server?.listen(0, '127.0.0.1', resolve));
    const address = server.#server.address();
    server.port = typeof address === 'object' && address ? address.port : 0;
    return server;
  }

  async down(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }

  secured(socket: Socket): TLSSocket {
    return this.#kept(new TLSSocket(socket, { isServer: true, secureContext: this.#context ?? undefined }));
  }

  #greet(socket: Socket): void {
    this.#kept(socket);
    const implicit = this.rules.mode === 'implicit';
    const talk = new Talk(this, implicit ? this.secured(socket) : socket, implicit);
    talk.answer('CONNECT', '220 mail.example.com ESMTP');
  }

  #kept<T extends Socket>(socket: T): T {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    return socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** One connection. */
class Talk {
  readonly #server: FakeSmtp;
  #socket: Socket;
  #secure: boolean;
  #buffer = '';
  #user: string | null = null;
  #from: string | null = null;
  #to: string[] = [];
  #inData = false;

  constructor(server: FakeSmtp, socket: Socket, secure: boolean) {
    this.#server = server;
    this.#socket = socket;
    this.#secure = secure;
    this.#listen();
  }

  #listen(): void {
    this.#socket.on('data', (chunk) => {
      this.#buffer += chunk.toString('utf8');
      this.#read();
    });
  }

  #read(): void {
    for (;;) {
      const end = this.#inData ? '\r\n.\r\n' : '\r\n';
      const at = this.#buffer.indexOf(end);
      if (at < 0) return;
      const found = this.#buffer.slice(0, at);
      this.#buffer = this.#buffer.slice(at + end.length);
      if (this.#inData) this.#take(found);
      else this.#obey(found);
    }
  }

  #take(data: string): void {
    this.#inData = false;
    const { tricks, taken } = this.#server;
    const refused = tricks[0]?.at === 'END' && /^[45]/.test(tricks[0].answer);
    const mail = { from: this.#from ?? '', to: this.#to, data, secure: this.#secure, user: this.#user };
    if (!refused) taken.push(mail);
    this.answer('END', '250 2.0.0 queued');
  }

  #obey(line: string): void {
    const [verb = ''] = line.toUpperCase().split(' ');
    this.#server.commands.push(line.startsWith('AUTH') ? 'AUTH' : line);
    const right = this.#rightAnswer(verb, line);
    this.answer(verb, right);
    if (verb === 'STARTTLS' && right.startsWith('220') && !this.#secure) this.#upgrade();
  }

  #upgrade(): void {
    this.#socket.removeAllListeners('data');
    this.#socket = this.#server.secured(this.#socket);
    this.#secure = true;
    this.#listen();
  }

  #rightAnswer(verb: string, line: string): string {
    const { mode, login } = this.#server.rules;
    if (verb === 'EHLO') {
      const offers = mode === 'starttls' && !this.#secure ? ['STARTTLS'] : login ? ['AUTH PLAIN LOGIN'] : [];
      return ['mail.example.com', ...offers, '8BITMIME']
        .map((one, n, all) => `250${n < all.length - 1 ? '-' : ' '}${one}`)
        .join('\r\n');
    }
    if (verb === 'STARTTLS') return mode === 'starttls' && !this.#secure ? '220 go ahead' : '502 not here';
    if (mode !== 'none' && !this.#secure) return '530 5.7.0 Must issue a STARTTLS command first';
    if (verb === 'AUTH') {
      const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
        .toString('utf8')
        .split('\0');
      if (!login || user !== login.user || password !== login.password)
        return `535 5.7.8 not accepted: ${password}`;
      this.#user = user;
      return '235 2.7.0 accepted';
    }
    if (login && this.#user === null) return '530 5.7.0 Authentication required';
    const address = /<([^<>\s]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'MAIL') this.#from = address;
    if (verb === 'RCPT' && this.#from === null) return '503 5.5.1 MAIL first';
    if (verb === 'RCPT') this.#to = [...this.#to, address];
    if (verb !== 'DATA') return '250 2.1.0 ok';
    if (this.#to.length === 0) return '503 5.5.1 RCPT first';
    this.#inData = this.#server.tricks[0]?.at !== 'DATA';
    return '354 go on';
  }

  /** Answers a command, or does what the test has written for it. */
  answer(verb: string, right: string): void {
    const { tricks } = this.#server;
    const trick = tricks[0]?.at === verb ? tricks.shift() : undefined;
    if (trick?.answer === 'silent') return;
    if (trick?.answer === 'cut') this.#socket.destroy();
    else this.#socket.write(`${trick?.answer ?? right}\r\n`);
  }
}
