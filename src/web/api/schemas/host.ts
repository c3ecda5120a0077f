import type { Host } from '../../../model/host.ts';
import { supervisorSeen } from '../../../model/look.ts';
import type { HostState } from '../../../store/host-states.ts';
import { allowedValues } from '../../setup/host-allowed-form.ts';
import { settingsFacts } from '../../setup/host-settings-form.ts';
import { moment, momentOf, momentOrNone, momentOrNoneOf, rowId, z } from './z.ts';

export const hostSchema = z
  .object({
    id: rowId,
    name: z.string(),
    address: z.string(),
    notes: z.string().nullable(),
    fingerprint: z.string().nullable().describe('Of the accepted host key; null until one is'),
    reachable: z.enum(['yes', 'no', 'unknown']),
    supervisor: z.enum(supervisorSeen),
    checkedAt: momentOrNone,
    message: z.string(),
    allowedEnvironments: z
      .array(z.string())
      .describe('Of projects that may be placed there; empty: nothing said'),
    allowedGroups: z.array(rowId).describe('Of projects that may be placed there; empty: nothing said'),
    weakSsh: z
      .object({ reason: z.string(), by: z.string(), at: moment })
      .nullable()
      .describe('Old ssh algorithms are accepted from it: why, by whose exception, and since when'),
    settings: z.record(z.string(), z.unknown()).describe('What differs from its environment; no password'),
    projects: z.array(z.string()).describe('Keys, of those that the token may see'),
    createdAt: moment,
  })
  .openapi('Host');

export function hostAnswer(host: Host, state: HostState | undefined, message: string, projects: string[]) {
  const { id, name, address, notes, allowed, hostKeyFingerprint: fingerprint } = host;
  return {
    ...{ id, name, address, notes, fingerprint, projects, message },
    reachable: state?.reachable ?? 'unknown',
    supervisor: state?.supervisor ?? 'unknown',
    checkedAt: momentOrNoneOf(state?.checkedAt ?? null),
    ...allowedValues(allowed),
    weakSsh: host.weakSsh && { ...host.weakSsh, at: momentOf(host.weakSsh.at) },
    settings: settingsFacts(host.settings),
    createdAt: momentOf(host.createdAt),
  };
}
