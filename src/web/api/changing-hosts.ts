import { fingerprintOfKey, parseGivenKey } from '../../model/given-host-key.ts';
import type { Host } from '../../model/host.ts';
import * as audit from '../../store/audit.ts';
import type { Db } from '../../store/database.ts';
import * as hosts from '../../store/hosts.ts';
import { writing } from '../../store/transaction.ts';
import { readForm } from '../form.ts';
import { difference } from '../setup/difference.ts';
import { allowedValues } from '../setup/host-allowed-form.ts';
import { hostDraft, hostForm, noHost } from '../setup/host-form.ts';
import { settingsFacts, settingsValues } from '../setup/host-settings-form.ts';
import { weakSshValues } from '../setup/weak-ssh-form.ts';
import type { Call } from './call.ts';
import { endpoint } from './endpoint.ts';
import { hostAnswers, hostHere } from './hosts.ts';
import { hostSchema } from './schemas/host.ts';
import { z } from './schemas/z.ts';
import { typedFrom } from './typed.ts';

const tag = 'Hosts';
const text = z.string().max(253).nullable();

const fields = {
  name: text,
  notes: z.string().max(4000).nullable(),
  sshUser: text,
  sshPort: z.int().min(1).max(65_535).nullable(),
  sshKey: text,
  hostPath: text,
  logPath: text,
  supervisorDir: text,
  supervisorSuffix: text,
  supervisorSocket: text,
  supervisorUser: text,
  supervisorPassword: z.string().max(200).nullable().describe('Write-only; left out: as it is'),
  forgetPassword: z.boolean(),
  supervisorctl: z.string().max(500).nullable().describe('Words of the command, between spaces'),
  allowedEnvironments: z.array(z.string().max(24)).max(200).describe('Names; empty: nothing is said'),
  allowedGroups: z.array(z.string().max(26)).max(200).describe('Ids; empty: nothing is said'),
  weakSsh: z.boolean().describe('Accept old ssh algorithms from this machine; takes weakSshReason'),
  weakSshReason: z.string().max(500),
  hostKey: z.string().max(2000).describe('Line of ssh-keyscan, or its base64: accepted at once'),
  reason: z.string().max(500).describe('Why the key has changed: needed where hostKey follows another one'),
};
const changed = z.object({ ...fields, address: z.string().min(1).max(253) }).partial();
const fresh = z.object({ ...changed.shape, address: z.string().min(1).max(253) });
type Body = z.output<typeof changed>;

export const endpoints = [
  endpoint({
    ...{ method: 'POST', path: '/api/v1/hosts', tag, scopes: ['config'], guard: 'admin', body: fresh },
    summary: 'Add a machine',
    about: 'What is left out is as its environment says. Without hostKey its key waits for an administrator.',
    answers: { 201: { about: 'The host', schema: hostSchema } },
    handle: async (call, { body }) => told(call, 201, await add(call, body)),
  }),
  endpoint({
    ...{
      method: 'PATCH',
      path: '/api/v1/hosts/:host',
      tag,
      scopes: ['config'],
      guard: 'admin',
      body: changed,
    },
    summary: 'Change a machine',
    about: 'What is left out stays; null takes a setting back to what its environment says.',
    answers: { 200: { about: 'The host as it is now', schema: hostSchema } },
    handle: async (call, { body }) => told(call, 200, await change(call, body)),
  }),
];

async function told(call: Call, status: number, host: Host) {
  const [body] = await hostAnswers(call, [host]);
  return { status, body, headers: { Location: `/api/v1/hosts/${host.id}` } };
}

async function add(call: Call, { hostKey, reason: _, ...rest }: Body & { address: string }): Promise<Host> {
  const draft = await draftOf(call, { ...settingsValues({}), name: null, notes: null }, rest, noHost);
  const key = keyOf(call, hostKey);
  return writing(call.db, async (trx) => {
    const added = await pinned(trx, call, await hosts.add(trx, draft), key);
    const entry = { action: 'host.add', object: `host:${added.id}`, after: facts(added) };
    await audit.record(trx, call.audit(entry));
    return added;
  });
}

async function change(call: Call, { hostKey, reason, ...rest }: Body): Promise<Host> {
  const before = await hostHere(call);
  const { address, name, notes, settings, weakSsh } = before;
  const values = { ...settingsValues(settings), ...weakSshValues(weakSsh), address, name, notes };
  const draft = await draftOf(call, values, { ...allowedValues(before.allowed), ...rest }, before);
  const key = keyOf(call, hostKey);
  const why = reason?.trim() || null;
  const follows = before.hostKey !== null && before.address === draft.address && before.hostKey !== key;
  if (key !== null && follows && why === null) call.refuse({ field: 'reason', code: 'required' });
  return writing(call.db, async (trx) => {
    const after = await pinned(trx, call, await hosts.update(trx, before.id, draft), key);
    const states = difference(facts(before), facts(after));
    const entry = { action: 'host.change', object: `host:${before.id}`, ...states, reason: why };
    await audit.record(trx, call.audit(entry));
    return after;
  });
}

/** The same validators as of the form judge what the body says on top of what is. */
function draftOf(
  call: Call,
  values: Parameters<typeof typedFrom>[0],
  { allowedEnvironments = [], allowedGroups = [], ...rest }: Omit<Body, 'hostKey' | 'reason'>,
  before: typeof noHost,
) {
  const typed = { ...typedFrom({ ...values, ...rest }), allowedEnvironments, allowedGroups };
  return hostDraft(call, readForm(hostForm, typed), before, call.caller.person.username);
}

function keyOf(call: Call, given: string | undefined): string | null {
  if (given === undefined) return null;
  const key = parseGivenKey(given);
  return key === null || key.startsWith('SHA256:')
    ? call.refuse({ field: 'hostKey', code: 'host_key' })
    : key;
}

function pinned(trx: Db, call: Call, host: Host, key: string | null): Promise<Host> {
  if (key === null) return Promise.resolve(host);
  const by = call.caller.person.username;
  return hosts.pin(trx, host.id, { key, fingerprint: fingerprintOfKey(key), by });
}

function facts(host: Host): Record<string, unknown> {
  const { name, address, notes, allowed, weakSsh, hostKeyFingerprint } = host;
  return { name, address, notes, allowed, weakSsh, hostKeyFingerprint, ...settingsFacts(host.settings) };
}
