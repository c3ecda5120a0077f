import { z } from 'zod';
import { address, choice, from, neededLine, secret } from './option-kinds.ts';
import { fill, fillUrl, insideJson } from './places.ts';
import type { Answer, Instance, Means, Registry } from './registry.ts';
import { RegistryFailure } from './registry-failure.ts';

/**
 * Consul, by the HTTP API of the agent with which the instance is registered
 * (developer.hashicorp.com/consul/api-docs/agent/service). Maintenance mode keeps the registration with its checks;
 * the other way takes it away and registers it anew.
 */
export const consul: Registry = {
  name: 'consul',
  counts: true,
  needsPort: true,
  options: [
    choice('mode', ['maintenance', 'registration']),
    { name: 'agent', kind: 'line', schema: address, initial: 'http://{host}:8500' },
    from,
    neededLine('service', '{project}'),
    neededLine('id', '{project}-{hostname}-{port}'),
    {
      name: 'definition',
      kind: 'lines',
      schema: z.string().trim().max(8000).refine(isObject, 'json'),
      initial: '',
    },
    secret('token'),
  ],
  async takeOut(instance, means) {
    const agent = new Agent(instance, means);
    if (instance.options.mode === 'maintenance') return agent.maintain(true);
    await agent.keepDefinition();
    await agent.deregister();
  },
  async putIn(instance, means) {
    const agent = new Agent(instance, means);
    if (instance.options.mode === 'maintenance') return agent.maintain(false);
    await agent.register();
  },
};

class Agent {
  readonly #instance: Instance;
  readonly #means: Means;
  readonly #id: string;

  constructor(instance: Instance, means: Means) {
    this.#instance = instance;
    this.#means = means;
    this.#id = fill(instance.options.id ?? '', instance);
  }

  async maintain(enable: boolean): Promise<void> {
    const query = `enable=${enable}&reason=${encodeURIComponent('CedarDeploy')}`;
    const answer = await this.#ask('PUT', `/v1/agent/service/maintenance/${this.#idInPath}?${query}`);
    if (enable && isUnknown(answer)) return this.#means.log(`the agent does not know ${this.#id}: it is out`);
    if (answer.status !== 200) throw RegistryFailure.of(answer);
  }

  /** What the agent knows of the instance outlives a worker that dies between taking out and putting in. */
  async keepDefinition(): Promise<void> {
    const answer = await this.#ask('GET', `/v1/agent/service/${this.#idInPath}`);
    if (isUnknown(answer)) return;
    if (answer.status !== 200) throw RegistryFailure.of(answer);
    await this.#means.keep(JSON.stringify(registration(answer)));
  }

  async deregister(): Promise<void> {
    const answer = await this.#ask('PUT', `/v1/agent/service/deregister/${this.#idInPath}`);
    if (isUnknown(answer)) return this.#means.log(`the agent does not know ${this.#id}: it is out`);
    if (answer.status !== 200) throw RegistryFailure.of(answer);
  }

  async register(): Promise<void> {
    const body = JSON.stringify(this.#definition());
    const answer = await this.#ask('PUT', '/v1/agent/service/register?replace-existing-checks=true', body);
    if (answer.status !== 200) throw RegistryFailure.of(answer);
  }

  /** As the project says it, else as the agent had it, else the least that there is. */
  #definition(): Record<string, unknown> {
    const { options, kept, host, port } = this.#instance;
    const least = {
      ID: this.#id,
      Name: fill(options.service ?? '', this.#instance),
      Address: host.address,
      Port: port ?? 0,
    };
    if (options.definition) {
      return { ...least, ...JSON.parse(fill(options.definition, this.#instance, {}, insideJson)) };
    }
    const earlier = kept === null ? null : (JSON.parse(kept) as Record<string, unknown>);
    return earlier?.ID === this.#id ? { ...earlier, Port: least.Port } : least;
  }

  get #idInPath(): string {
    return encodeURIComponent(this.#id);
  }

  #ask(method: string, path: string, body?: string): Promise<Answer> {
    const { options } = this.#instance;
    const agent = fillUrl(options.agent ?? '', this.#instance).replace(/(?<!\/)\/+$/, '');
    const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    if (options.token) headers['X-Consul-Token'] = options.token;
    return this.#means.request({ method, url: agent + path, headers, body, from: options.from ?? 'worker' });
  }
}

/** In the agent's own words: a 404 of somebody else says nothing about the instance. Older agents say it with 500. */
function isUnknown({ status, text }: Answer): boolean {
  return (status === 404 || status === 500) && /^unknown service/i.test(text.trim());
}

/** A service as the agent tells of it, in the words in which it is registered. Its checks are not told. */
function registration({ text }: Answer): Record<string, unknown> {
  const { ID, Service, Tags, Meta, Port, Address, TaggedAddresses, Weights, EnableTagOverride } =
    JSON.parse(text);
  return { ID, Name: Service, Tags, Meta, Port, Address, TaggedAddresses, Weights, EnableTagOverride };
}

function isObject(text: string): boolean {
  if (text === '') return true;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
