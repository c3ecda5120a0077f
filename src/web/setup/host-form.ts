import { z } from 'zod';
import type { Host } from '../../model/host.ts';
import { judgeAddress } from '../../model/host-address.ts';
import type { HostDraft } from '../../store/hosts.ts';
import { databaseAddresses } from '../../store/own-address.ts';
import { notes } from '../form.ts';
import type { Judge } from '../judge.ts';
import { allowedOf, allowedShape } from './host-allowed-form.ts';
import { settingsOf, settingsShape } from './host-settings-form.ts';
import { orNone } from './setup-fields.ts';
import { weakSshOf, weakSshShape } from './weak-ssh-form.ts';

/** A machine's own name as people may give it: RFC 1123, small letters. */
export const hostName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'host_name');

export const hostForm = z.object({
  address: z.string().min(1).max(253),
  name: orNone(hostName),
  notes: notes(),
  ...allowedShape,
  ...weakSshShape,
  ...settingsShape,
});

/** A host that is not there yet. */
export const noHost: HostBefore = { settings: {}, weakSsh: null };
type HostBefore = Pick<Host, 'settings' | 'weakSsh'>;

/** What was typed, judged. An empty name is the address, until the machine tells its own. `by` is a username. */
export async function hostDraft(
  page: Judge,
  form: z.output<typeof hostForm>,
  before: HostBefore,
  by: string,
): Promise<HostDraft> {
  const rules = { allowLoopback: page.settings.allowLoopbackHosts, own: databaseAddresses(page.db) };
  const verdict = judgeAddress(form.address, rules);
  if (!verdict.ok) page.refuse({ field: 'address', code: verdict.code });
  return {
    name: form.name ?? verdict.address,
    address: verdict.address,
    settings: settingsOf(form, before.settings, page.vault),
    notes: form.notes,
    allowed: await allowedOf(page, form),
    weakSsh: weakSshOf(page, form, before.weakSsh, by),
  };
}
