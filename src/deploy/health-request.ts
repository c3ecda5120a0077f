import { open, type Way } from '../shells/outbound/open.ts';
import { OutboundError } from '../shells/outbound/outbound-error.ts';
import { type OutboundAnswer, request } from '../shells/outbound/request.ts';
import { problemOf } from './problem-of.ts';
import { reaches } from './reach.ts';
import { wayFrom } from './registry-means.ts';
import type { HostStepContext } from './step.ts';

/** One look at a process ends after so long, whatever it answers (S64). */
const LOOK_SECONDS = 5;

/** Null where the port takes connections, from where the project's checks ask; else what was wrong. */
export async function portProblem(context: HostStepContext, port: number): Promise<string | null> {
  const { snapshot, host, tools } = context;
  const { connectSeconds } = tools.config;
  if (snapshot.project.settings.checks.from === 'worker')
    return reaches(host.address, port, connectSeconds * 1000);
  try {
    await fromHost(context, async (address, way) => (await open(address, port, way)).destroy());
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

/** Null where one GET is answered with the status and the header that the project expects; else what was wrong. */
export async function healthProblem(context: HostStepContext, port: number): Promise<string | null> {
  const { code, header } = context.snapshot.project.settings.checks;
  try {
    const answer = await ask(context, port);
    const said = answer.text.trim().replaceAll(/\s+/g, ' ').slice(0, 200);
    if (answer.status !== code) return `${answer.status} ${said}`.trim();
    return header === '' || carries(answer, header) ? null : `${code} without the header “${header}”`;
  } catch (error) {
    return problemOf(error);
  }
}

function ask(context: HostStepContext, port: number): Promise<OutboundAnswer> {
  const { snapshot, host } = context;
  const { path, from } = snapshot.project.settings.checks;
  const get = (address: string, way: Way) => {
    const authority = address.includes(':') ? `[${address}]` : address;
    const headers = { 'User-Agent': 'cedardeploy-check' };
    return request({ method: 'GET', url: `http://${authority}:${port}${path}`, headers }, way);
  };
  if (from === 'host') return fromHost(context, get);
  return get(host.address, wayFrom(context, from, LOOK_SECONDS));
}

/** By the host's own address, and where nobody listens there, by its loopback. */
async function fromHost<T>(
  context: HostStepContext,
  look: (address: string, way: Way) => Promise<T>,
): Promise<T> {
  const way = wayFrom(context, 'host', LOOK_SECONDS);
  try {
    return await look(context.host.address, way);
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
