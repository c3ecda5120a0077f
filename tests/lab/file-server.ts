import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

const servers: FileServer[] = [];

/** A small web server with a configuration file, which also does what servers should not. */
export class FileServer {
  text = 'v1\n';
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #elsewhere: string;

  private constructor(elsewhere: string) {
    this.#elsewhere = elsewhere;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param elsewhere where `/elsewhere` redirects to */
  static async start(address = '127.0.0.1', elsewhere = ''): Promise<FileServer> {
    const server = new FileServer(elsewhere);
    await new Promise<void>((resolve) => server.#server.listen(0, address, resolve));
    servers.push(server);
    return server;
  }

  get origin(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    this.asked.push(path);
    const redirect = (to: string) => void response.writeHead(302, { location: to }).end();
    if (path === '/file') response.end(this.text);
    else if (path === '/moved') redirect('/file');
    else if (path === '/round') redirect('/round');
    else if (path === '/elsewhere') redirect(`${this.#elsewhere}/file`);
    else if (path === '/slow') drip(response);
    else if (path === '/huge') flood(response);
    else if (path === '/broken') breakOff(response);
    else response.writeHead(404).end('no');
  }
}

/** A byte now and then, for ever. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 50);
  response.on('close', () => clearInterval(timer));
}

/** More than anybody wants, without saying so before. */
function flood(response: ServerResponse): void {
  const chunk = 'x'.repeat(65_536);
  const go = () => {
    while (response.write(chunk)) if (response.destroyed) return;
  };
  response.on('drain', go);
  go();
}

/** Promises more than it sends. */
function breakOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('half of it', () => response.socket?.destroy());
}

afterAll(() => {
  for (const server of servers) server.close();
});
