import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a port on which every byte arrives later, and is counted. */
export class SlowWay {
  /** Bytes towards the port. */
  sent = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(address: string, port: number, delayMs: number) {
    this.#server = createServer((near) => {
      const far = connect(port, address);
      this.#carry(near, far, delayMs, true);
      this.#carry(far, near, delayMs, false);
    });
  }

  /** @param delayMs one way */
  static async open(address: string, port: number, delayMs: number): Promise<SlowWay> {
    const way = new SlowWay(address, port, delayMs);
    await new Promise<void>((resolve) => way.#server.listen(0, address, resolve));
    return way;
  }

  get port(): number {
    const bound = this.#server.address();
    return typeof bound === 'object' && bound ? bound.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #carry(from: Socket, to: Socket, delayMs: number, counted: boolean): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk: Buffer) => {
      if (counted) this.sent += chunk.length;
      setTimeout(() => to.writable && to.write(chunk), delayMs);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      setTimeout(() => to.end(), delayMs);
    });
  }
}
