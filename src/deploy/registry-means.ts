import type { Means } from '../registries/registry.ts';
import { sayLine } from '../shells/outbound/line.ts';
import type { Way } from '../shells/outbound/open.ts';
import { request } from '../shells/outbound/request.ts';
import { authorShell } from './author-shell.ts';
import type { HostStepContext } from './step.ts';
import { tunnelTo } from './tunnel.ts';

/**
 * What a registry acts with in a step. Every call ends within the project's time-out, and when the lease is lost.
 * @param part tells the calls of one step apart.
 */
export function meansOf(context: HostStepContext, part: string): Means {
  const { snapshot, host, process, records, log } = context;
  const { timeoutSeconds } = snapshot.project.settings.registry;
  return {
    async request({ from, ...call }) {
      const shown = `${call.method} ${call.url.split('?')[0]}`;
      try {
        const answer = await request(call, wayFrom(context, from, timeoutSeconds));
        log.line(`${shown}: ${answer.status}`);
        return answer;
      } catch (error) {
        log.line(`${shown}: no answer`);
        throw error;
      }
    },
    async line(from, address, port, text) {
      const answer = await sayLine(address, port, text, wayFrom(context, from, timeoutSeconds));
      log.line(`${address}:${port} was told “${text}” and said “${answer.slice(0, 200)}”`);
      return answer;
    },
    shell: (call) => authorShell(context, { ...call, part, timeoutSeconds }),
    keep: (text) => records.keepTraffic({ hostId: host.hostId, process }, text),
    log: (line) => log.line(line),
  };
}

/** How calls go from the worker, or from the host by its ssh connection. */
export function wayFrom(context: HostStepContext, from: string, seconds: number): Way {
  const { tools, lost } = context;
  const rules = { allowLoopback: tools.config.allowLoopbackHosts, own: [] };
  const signal = AbortSignal.any([lost, AbortSignal.timeout(seconds * 1000)]);
  return { rules, signal, tunnel: from === 'host' ? tunnelTo(context) : undefined };
}
