import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll } from 'vitest';

const started: FakeControlPort[] = [];

/** The control port of a service: `on offline` and `on online`, each answered with OK. */
export class FakeControlPort {
  readonly ledger: { at: number; event: 'out' | 'in' }[] = [];
  mood: 'well' | 'broken' | 'hanging' = 'well';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
    started.push(this);
  }

  /** Listens on a free port of the address, and gives that. */
  async start(address: string): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, address, resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket.on('error', () => socket.destroy()));
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      if (heard.includes('\n')) this.#answer(socket, heard.slice(0, heard.indexOf('\n')));
    });
  }

  #answer(socket: Socket, line: string): void {
    if (this.mood === 'hanging') return;
    const event = { 'on offline': 'out' as const, 'on online': 'in' as const }[line];
    if (this.mood === 'well' && event) this.ledger.push({ at: Date.now(), event });
    socket.end(this.mood === 'well' && event ? 'OK\n' : 'ERR unknown command\n');
  }
}

afterAll(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});
