import { request } from '../../shells/outbound/request.ts';
import { StepFailed } from '../failure.ts';
import { problemOf } from '../problem-of.ts';
import { wayFrom } from '../registry-means.ts';
import type { HostStepContext, Step } from '../step.ts';
import { portOf } from './port.ts';

const MOST_LINKS = 20;

/**
 * Asks the autotest service whether the process does what it should: `{biz, host, port, way: 1}` as JSON, and
 * `data` of the answer is `pass`. It may be asked twice when a worker dies.
 */
export const autotest: Step<HostStepContext> = {
  async run(context) {
    const { host, snapshot, log } = context;
    const port = portOf(context);
    const told = await ask(context, port);
    log.line(`the autotest of ${host.address}:${port} says ${String(told.data).slice(0, 200)}`);
    if (told.data === 'pass') return { evidence: { biz: snapshot.project.key, port } };
    const urls = linksOf(told.url_list);
    for (const url of urls) log.line(url);
    const problem = String(told.data ?? 'no word').slice(0, 200);
    throw new StepFailed('autotest_failed', { host: host.name, port, problem, urls: urls.join('\n') });
  },
};

async function ask(context: HostStepContext, port: number): Promise<Record<string, unknown>> {
  const { host, snapshot, tools } = context;
  const { autotestUrl, autotestSeconds } = tools.config;
  const body = JSON.stringify({ biz: snapshot.project.key, host: host.address, port, way: 1 });
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  try {
    const wanted = { method: 'POST', url: autotestUrl, headers, body };
    const { status, text } = await request(wanted, wayFrom(context, 'worker', autotestSeconds));
    if (status !== 200) throw new Error(`${status} ${text.trim().slice(0, 200)}`);
    const told: unknown = JSON.parse(text);
    if (typeof told !== 'object' || told === null) throw new Error('its answer is no JSON object');
    return told as Record<string, unknown>;
  } catch (error) {
    context.lost.throwIfAborted();
    throw new StepFailed('autotest_unreachable', { host: host.name, port, problem: problemOf(error) });
  }
}

/** Only what a person can follow safely. */
function linksOf(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  const links = list.filter((one): one is string => typeof one === 'string' && isLink(one));
  return links.slice(0, MOST_LINKS);
}

function isLink(text: string): boolean {
  return text.length <= 500 && /^https?:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text);
}
