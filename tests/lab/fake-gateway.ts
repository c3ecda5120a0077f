import { type FakeAnswer, type FakeCall, FakeHttp } from './fake-http.ts';

/** A load balancer with an HTTP interface of its own: takes backends out and in, and asks for its key. */
export class FakeGateway extends FakeHttp {
  readonly key = 'gateway-key-4711';
  readonly ledger: { at: number; id: string; event: 'out' | 'in' }[] = [];

  protected answer({ method, path, headers, body }: FakeCall): FakeAnswer {
    if (headers['x-key'] !== this.key) return { status: 401, body: 'who are you?' };
    const [, id = '', event] = /^\/backends\/([^/]+)\/(out|in)$/.exec(path) ?? [];
    if (method !== 'POST' || (event !== 'out' && event !== 'in'))
      return { status: 404, body: 'no such thing' };
    const told = JSON.parse(body) as { service: string; state: string };
    if (headers['content-type'] !== 'application/json' || told.state !== event) return { status: 400, body };
    this.ledger.push({ at: Date.now(), id, event });
    return { status: 202, body: `{"accepted":"${told.service}"}` };
  }
}
