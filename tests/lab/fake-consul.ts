import { type FakeAnswer, type FakeCall, FakeHttp } from './fake-http.ts';

export type ConsulService = {
  ID: string;
  Service: string;
  Address: string;
  Port: number;
  Tags: string[];
  Meta: Record<string, string>;
};

/** A Consul agent as far as its service API goes: keeps services and their maintenance, asks for its token. */
export class FakeConsul extends FakeHttp {
  readonly services = new Map<string, ConsulService>();
  readonly maintained = new Set<string>();
  readonly token = 'consul-token-4711';
  /** What happened to which service, with times. */
  readonly ledger: { at: number; id: string; event: 'out' | 'in' }[] = [];

  add(service: Partial<ConsulService> & Pick<ConsulService, 'ID'>): void {
    this.services.set(service.ID, {
      ...{ Service: 'shop', Address: '', Port: 0, Tags: ['blue'], Meta: { team: 'a' } },
      ...service,
    });
  }

  isIn(id: string): boolean {
    return this.services.has(id) && !this.maintained.has(id);
  }

  protected answer(call: FakeCall): FakeAnswer {
    if (call.headers['x-consul-token'] !== this.token) return { status: 403, body: 'Permission denied' };
    const [, verb = '', id = ''] = /^\/v1\/agent\/service(?:\/(\w+))?\/([^/]+)$/.exec(call.path) ?? [];
    if (call.method === 'PUT' && call.path === '/v1/agent/service/register') return this.#register(call);
    if (!this.services.has(id) && call.method === 'GET')
      return { status: 404, body: `unknown service ID: ${id}` };
    if (!this.services.has(id)) return { status: 404, body: `Unknown service ID "${id}". Ensure…` };
    if (call.method === 'GET') return { status: 200, body: JSON.stringify(this.services.get(id)) };
    if (call.method !== 'PUT') return { status: 405 };
    if (verb === 'maintenance') return this.#maintain(id, call.query.get('enable'));
    if (verb !== 'deregister') return { status: 404, body: 'no such endpoint' };
    this.services.delete(id);
    this.#tell(id, 'out');
    return { status: 200 };
  }

  #maintain(id: string, enable: string | null): FakeAnswer {
    if (enable !== 'true' && enable !== 'false') return { status: 400, body: 'Missing value for enable' };
    if (enable === 'true') this.maintained.add(id);
    else this.maintained.delete(id);
    this.#tell(id, enable === 'true' ? 'out' : 'in');
    return { status: 200 };
  }

  #register({ body }: FakeCall): FakeAnswer {
    const { ID, Name, Port, ...rest } = JSON.parse(body) as Record<string, never>;
    if (!ID || !Name || typeof Port !== 'number') return { status: 400, body: 'Missing service name' };
    this.add({ Tags: [], Meta: {}, ...(rest as object), ID, Service: Name, Port });
    this.#tell(ID, 'in');
    return { status: 200 };
  }

  #tell(id: string, event: 'out' | 'in'): void {
    this.ledger.push({ at: Date.now(), id, event });
  }
}
