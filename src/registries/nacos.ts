import { address, choice, from, line, neededLine, secret, tick } from './option-kinds.ts';
import { fill, fillUrl } from './places.ts';
import type { Answer, Instance, Means, Registry } from './registry.ts';
import { RegistryFailure } from './registry-failure.ts';

/**
 * Nacos, by its open API of version 1 or 2 (nacos.io, "Open API"): the instance stays registered and is enabled or
 * disabled. Its weight and metadata are sent along as they are, for an update without them would reset them.
 */
export const nacos: Registry = {
  name: 'nacos',
  counts: true,
  needsPort: true,
  options: [
    choice('api', ['v1', 'v2']),
    { name: 'server', kind: 'line', schema: address, initial: 'http://nacos.example:8848' },
    from,
    neededLine('service', '{name}'),
    line('group', 'DEFAULT_GROUP'),
    line('namespace'),
    line('cluster', 'DEFAULT'),
    neededLine('ip', '{host}'),
    tick('ephemeral', true),
    line('user'),
    secret('password'),
    secret('token'),
  ],
  async takeOut(instance, means) {
    const server = await Server.of(instance, means);
    const found = await server.find();
    if (found === null) return means.log('the registry does not know the instance: it is out');
    await server.enable(found, false);
  },
  async putIn(instance, means) {
    const server = await Server.of(instance, means);
    const found = await server.find();
    if (found === null)
      throw new RegistryFailure('it does not know the instance (yet): does the service register?');
    await server.enable(found, true);
  },
};

type Found = { weight?: number; metadata?: Record<string, string>; clusterName?: string };

class Server {
  readonly #instance: Instance;
  readonly #means: Means;
  readonly #token: string;

  private constructor(instance: Instance, means: Means, token: string) {
    this.#instance = instance;
    this.#means = means;
    this.#token = token;
  }

  /** A user signs in first; a token is taken as it is. */
  static async of(instance: Instance, means: Means): Promise<Server> {
    const { user, password = '', token = '' } = instance.options;
    const anonymous = new Server(instance, means, token);
    if (token || !user) return anonymous;
    const body = new URLSearchParams({ username: user, password }).toString();
    const answer = await anonymous.#send('POST', '/nacos/v1/auth/login', body);
    if (answer.status !== 200) throw RegistryFailure.of(answer);
    const given: unknown = objectOf(answer).accessToken;
    if (typeof given !== 'string' || given === '') throw RegistryFailure.of(answer);
    return new Server(instance, means, given);
  }

  /** The instance as the registry has it; null where it has none. */
  async find(): Promise<Found | null> {
    const answer = await this.#send('GET', `${this.#path}?${this.#query({})}`);
    if (isUnknown(answer)) return null;
    if (answer.status !== 200) throw RegistryFailure.of(answer);
    const told = objectOf(answer);
    return (this.#isNewer ? (told.data ?? null) : told) as Found | null;
  }

  async enable({ weight = 1, metadata = {}, clusterName }: Found, enabled: boolean): Promise<void> {
    const more = { enabled: String(enabled), weight: String(weight), metadata: JSON.stringify(metadata) };
    const body = this.#query({ ...more, ...(clusterName && { clusterName }) });
    const answer = await this.#send('PUT', this.#path, body);
    const done = this.#isNewer ? objectOf(answer).code === 0 : answer.text.trim() === 'ok';
    if (answer.status !== 200 || !done) throw RegistryFailure.of(answer);
  }

  get #isNewer(): boolean {
    return this.#instance.options.api === 'v2';
  }

  get #path(): string {
    return `/nacos/${this.#isNewer ? 'v2' : 'v1'}/ns/instance`;
  }

  #query(more: Record<string, string>): string {
    const { options, port } = this.#instance;
    const filled = (name: string) => fill(options[name] ?? '', this.#instance);
    const all = {
      serviceName: filled('service'),
      groupName: filled('group'),
      namespaceId: filled('namespace'),
      clusterName: filled('cluster'),
      ip: filled('ip'),
      port: String(port ?? ''),
      ephemeral: String(options.ephemeral === 'true'),
      ...more,
    };
    return new URLSearchParams(Object.entries(all).filter(([, value]) => value !== '')).toString();
  }

  #send(method: string, path: string, body?: string): Promise<Answer> {
    const { options } = this.#instance;
    const server = fillUrl(options.server ?? '', this.#instance).replace(/(?<!\/)\/+$/, '');
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded';
    // Both where 1.x and where 2.x look for it.
    const token =
      this.#token && `${path.includes('?') ? '&' : '?'}accessToken=${encodeURIComponent(this.#token)}`;
    return this.#means.request({
      method,
      url: server + path + token,
      headers,
      body,
      from: options.from ?? 'worker',
    });
  }
}

/** In its own words, by version 404 or 500: a 404 of somebody else says nothing about the instance. */
function isUnknown({ status, text }: Answer): boolean {
  const words = /no (?:matched )?ips? found|(?:resource|service|instance)\b.{0,300}\bnot found/is;
  return (status === 404 || status === 500) && words.test(text);
}

/** @throws RegistryFailure where the answer is no JSON object. */
function objectOf(answer: Answer): Record<string, unknown> {
  try {
    const told: unknown = JSON.parse(answer.text);
    if (typeof told === 'object' && told !== null) return told as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw RegistryFailure.of(answer);
}
