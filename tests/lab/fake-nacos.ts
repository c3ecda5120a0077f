import { type FakeAnswer, type FakeCall, FakeHttp } from './fake-http.ts';

type NacosInstance = {
  enabled: boolean;
  weight: number;
  metadata: Record<string, string>;
  ephemeral: boolean;
};

/** A Nacos server as far as sign-in and single instances go, in both versions of its open API. */
export class FakeNacos extends FakeHttp {
  readonly user = 'nacos-user';
  readonly password = 'nacos-word-4711';
  readonly #token = 'given-token-0815';
  /** By `namespace/group/service/ip:port`. */
  readonly instances = new Map<string, NacosInstance>();
  readonly ledger: { at: number; id: string; event: 'out' | 'in' }[] = [];

  add(id: string, more: Partial<NacosInstance> = {}): void {
    const plain = { enabled: true, weight: 3, metadata: { zone: 'a' }, ephemeral: true };
    this.instances.set(id, { ...plain, ...more });
  }

  protected answer(call: FakeCall): FakeAnswer {
    const form = new URLSearchParams(call.body);
    if (call.path === '/nacos/v1/auth/login') return this.#signIn(form);
    if (call.query.get('accessToken') !== this.#token) return { status: 403, body: 'user not found!' };
    const [, version] = /^\/nacos\/(v[12])\/ns\/instance$/.exec(call.path) ?? [];
    if (version === undefined) return { status: 404, body: 'no such endpoint' };
    const asked = call.method === 'GET' ? call.query : form;
    const id = [
      ...[asked.get('namespaceId') ?? 'public', asked.get('groupName') ?? 'DEFAULT_GROUP'],
      ...[asked.get('serviceName'), `${asked.get('ip')}:${asked.get('port')}`],
    ].join('/');
    const found = this.instances.get(id);
    if (!found) return version === 'v1' ? { status: 404, body: 'no ip found!' } : notFound;
    if (call.method === 'GET') return this.#tell(version, found);
    if (call.method !== 'PUT') return { status: 405 };
    // As the real one: what an update does not say is reset.
    found.enabled = asked.get('enabled') !== 'false';
    found.weight = Number(asked.get('weight') ?? 1);
    found.metadata = JSON.parse(asked.get('metadata') ?? '{}') as Record<string, string>;
    this.ledger.push({ at: Date.now(), id, event: found.enabled ? 'in' : 'out' });
    return version === 'v1' ? { status: 200, body: 'ok' } : { status: 200, body: '{"code":0,"data":"ok"}' };
  }

  #tell(version: string, { weight, metadata }: NacosInstance): FakeAnswer {
    const data = { clusterName: 'DEFAULT', healthy: true, weight, metadata };
    return { status: 200, body: JSON.stringify(version === 'v1' ? data : { code: 0, data }) };
  }

  #signIn(form: URLSearchParams): FakeAnswer {
    const known = form.get('username') === this.user && form.get('password') === this.password;
    if (!known) return { status: 403, body: 'unknown user!' };
    return { status: 200, body: JSON.stringify({ accessToken: this.#token, tokenTtl: 18_000 }) };
  }
}

const notFound: FakeAnswer = {
  status: 404,
  body: '{"code":20003,"message":"no matched ip found!","data":null}',
};
