import type { ProjectSettings } from '../model/project.ts';
import { open, type Way } from '../shells/outbound/open.ts';
import { OutboundError } from '../shells/outbound/outbound-error.ts';
import { type OutboundAnswer, request } from '../shells/outbound/request.ts';
import { problemOf } from './problem-of.ts';
import { reaches } from './reach.ts';

/** A process that is asked for its port and its health, and the ways there: each call of `way` begins its deadline. */
export type Asking = {
  checks: ProjectSettings['checks'];
  address: string;
  connectMs: number;
  way: (from: 'worker' | 'host') => Way;
};

/** What was wrong. `status`: null where nothing was answered. `error`: what was thrown, where anything was. */
export type Wrong = { words: string; status: number | null; error: unknown };

/** Null where the port takes connections, from where the project's checks ask. */
export async function notConnected(asking: Asking, port: number): Promise<Wrong | null> {
  const { checks, address, connectMs } = asking;
  try {
    if (checks.from === 'worker') {
      const words = await reaches(address, port, connectMs);
      return words === null ? null : { words, status: null, error: null };
    }
    await fromHost(asking, async (at, way) => (await open(at, port, way)).destroy());
    return null;
  } catch (error) {
    return { words: problemOf(error), status: null, error };
  }
}

/** Null where one GET is answered with the status and the header that the project expects. */
export async function notAnswered(asking: Asking, port: number): Promise<Wrong | null> {
  const { code, header } = asking.checks;
  try {
    const answer = await ask(asking, port);
    const { status } = answer;
    const said = answer.text.trim().replaceAll(/\s+/g, ' ').slice(0, 200);
    if (status !== code) return { words: `${status} ${said}`.trim(), status, error: null };
    if (header === '' || carries(answer, header)) return null;
    return { words: `${code} without the header “${header}”`, status, error: null };
  } catch (error) {
    return { words: problemOf(error), status: null, error };
  }
}

function ask(asking: Asking, port: number): Promise<OutboundAnswer> {
  const { path, from } = asking.checks;
  const get = (address: string, way: Way) => {
    const authority = address.includes(':') ? `[${address}]` : address;
    const headers = { 'User-Agent': 'cedardeploy-check' };
    return request({ method: 'GET', url: `http://${authority}:${port}${path}`, headers }, way);
  };
  return from === 'host' ? fromHost(asking, get) : get(asking.address, asking.way(from));
}

/** By the host's own address, and where nobody listens there, by its loopback. */
async function fromHost<T>(
  { address, way: wayFrom }: Asking,
  look: (address: string, way: Way) => Promise<T>,
): Promise<T> {
  const way = wayFrom('host');
  try {
    return await look(address, way);
  } catch (error) {
    if (!(error instanceof OutboundError) || error.problem !== 'refused') throw error;
    return await look('127.0.0.1', way);
  }
}

function carries({ headers }: OutboundAnswer, wanted: string): boolean {
  const [name = '', value = ''] = wanted.split(/: (.*)/s);
  const had = headers[name.toLowerCase()];
  return (Array.isArray(had) ? had : [had]).includes(value);
}
