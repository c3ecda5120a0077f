import { expect } from 'vitest';
import type { OptionValues } from '../../src/model/option.ts';
import { defaultRegistrySettings, type RegistrySettings } from '../../src/model/registry-settings.ts';
import * as steps from '../../src/store/steps.ts';
import * as traffic from '../../src/store/traffic.ts';
import type { Rig } from '../lab/rig.ts';

/** Settings of a registry for tests: short times. */
export function registry(
  name: string,
  options: OptionValues,
  more: Partial<RegistrySettings> = {},
): { registry: RegistrySettings } {
  return { registry: { ...defaultRegistrySettings, name, options, timeoutSeconds: 2, ...more } };
}

/** What the ledger says of a process: `in`, `out`, or `unknown`; null where it says nothing. */
export async function observed(rig: Rig, host = 0, process = 0): Promise<string | null> {
  const found = await traffic.of(rig.db, rig.project.id, { hostId: rig.hostIds[host]!, process });
  return found?.observed ?? null;
}

/** When each step of a host's process began and ended, by name. */
export async function times(
  rig: Rig,
  id: string,
  host = 0,
): Promise<Map<string, { began: number; ended: number }>> {
  const rows = await steps.ofOperation(rig.db, id);
  const own = rows.filter((row) => row.hostId === rig.hostIds[host]);
  return new Map(own.map((row) => [row.name, { began: row.startedAt ?? 0, ended: row.endedAt ?? 0 }]));
}

/**
 * The order of traffic, by the registry's own ledger: out, drained for at least so long, restarted by the app's own
 * word, checked, in.
 */
export async function expectOrder(
  rig: Rig,
  id: string,
  ledger: { at: number; event: 'out' | 'in' }[],
  drainSeconds: number,
  host = 0,
): Promise<void> {
  const [out, back, ...rest] = ledger;
  const started = rig.starts(rig.fleet[host]!).at(-1)!.at;
  const http = (await times(rig, id, host)).get('http')!;
  expect([out?.event, back?.event, rest]).toEqual(['out', 'in', []]);
  expect(started - out!.at).toBeGreaterThanOrEqual(drainSeconds * 1000);
  expect(http.began).toBeGreaterThanOrEqual(started - 5);
  expect(back!.at).toBeGreaterThanOrEqual(http.ended - 5);
  expect(await observed(rig, host)).toBe('in');
}
