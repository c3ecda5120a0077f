import { setTimeout as pause } from 'node:timers/promises';
import { probe } from '../../health/probe.ts';
import { atOnce } from '../at-once.ts';
import { StepFailed } from '../failure.ts';
import type { Placed } from '../records.ts';
import type { Step, StepContext } from '../step.ts';
import { wavesOf } from '../waves.ts';

/** A look at a host that takes longer counts as none. */
const LOOK_MS = 5000;

/**
 * Asks the project's hosts that the next wave leaves alone how they are: enough of them must be well, with all of
 * their instances in traffic. It waits a little for one that is only just starting.
 */
export const healthy: Step = {
  async run(context) {
    const { tools, log, snapshot, signal } = context;
    const { minHealthy } = snapshot.project.settings.strategy;
    const tries = tools.config.httpTries;
    for (let left = tries; ; left--) {
      const ill = await illOf(context);
      log.line(`${ill.well} well${ill.names.length > 0 ? `, ill: ${ill.names.join(', ')}` : ''}`);
      if (ill.well >= minHealthy) return { evidence: { well: ill.well, needed: minHealthy } };
      if (left <= 1) {
        const names = ill.names.join(', ') || '-';
        throw new StepFailed('too_few_healthy', { well: ill.well, needed: minHealthy, ill: names });
      }
      await pause(tools.config.httpEverySeconds * 1000, undefined, { signal });
    }
  },
};

async function illOf(context: StepContext): Promise<{ well: number; names: string[] }> {
  const { records, operation, snapshot, row } = context;
  const wave = wavesOf(operation.kind, snapshot).find(({ number }) => number === row.process);
  const left = new Set(wave?.hosts.map(({ hostId }) => hostId));
  const others = (await records.placed()).filter(({ hostId }) => !left.has(hostId));
  const out = await records.outOfTraffic();
  const words = await atOnce(others, 16, async (one) =>
    out.has(one.hostId) ? 'out of traffic' : conditionOf(context, one),
  );
  const told = words.map((word) => (word.status === 'fulfilled' ? word.value : 'unknown'));
  return {
    well: told.filter((word) => word === null).length,
    names: others.flatMap(({ name }, index) => (told[index] === null ? [] : [`${name} (${told[index]})`])),
  };
}

/** Null where a host is well, else its state in a word. */
async function conditionOf({ tools, snapshot }: StepContext, { host, name }: Placed): Promise<string | null> {
  if (host === null) return 'host key not accepted';
  const { pool, vault } = tools;
  const watched = { id: host.hostId, name, placements: [{ project: snapshot.project, host }] };
  const seen = await probe({ pool, vault, deadlineMs: LOOK_MS }, watched);
  const state = seen.placements[0]?.state ?? 'unknown';
  return state === 'running' || state === 'reachable' ? null : state;
}
