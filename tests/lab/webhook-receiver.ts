import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export type Delivery = { id: string; type: string; timestamp: string; data: Record<string, unknown> };

const open: Server[] = [];

/** A program that takes webhooks as docs/webhooks.md tells it to: signature first, then once per id. */
export class WebhookReceiver {
  readonly secret: string;
  /** Every delivery that was signed well, in order; the same id may come twice. */
  readonly taken: Delivery[] = [];
  readonly refused: string[] = [];
  /** Statuses to answer with, one per request, before it is well again. */
  readonly statuses: number[] = [];
  url = '';

  private constructor(secret: string) {
    this.secret = secret;
  }

  static async start(secret: string): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(secret);
    const server = createServer(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      const header = (name: string) => String(req.headers[name] ?? '');
      const status = receiver.take(header, Buffer.concat(chunks).toString('utf8'));
      res.writeHead(status).end(status === 200 ? 'taken' : 'not taken');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cedar`;
    return receiver;
  }

  /** Deliveries without those that came a second time. */
  get once(): Delivery[] {
    return [...new Map(this.taken.map((delivery) => [delivery.id, delivery])).values()];
  }

  take(header: (name: string) => string, body: string): number {
    const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')];
    const right = createHmac('sha256', this.secret).update(`${id}.${timestamp}.${body}`).digest();
    const given = Buffer.from(header('webhook-signature').replace(/^v1,/, ''), 'base64');
    const signed = given.length === right.length && timingSafeEqual(given, right);
    if (!signed || Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) {
      this.refused.push(id);
      return 401;
    }
    const status = this.statuses.shift() ?? 200;
    if (status < 300) this.taken.push({ id, ...JSON.parse(body) });
    return status;
  }
}

afterAll(async () => {
  for (const server of open) {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
});
