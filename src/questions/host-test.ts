import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CedarError, messageOf } from '../errors.ts';
import { hostSettingsSchema } from '../model/host-settings.ts';
import type { Target } from '../shells/ssh/target.ts';
import { accessOf, type SupervisorAccess } from '../supervisor/access.ts';
import { processesByCtl } from '../supervisor/ctl.ts';
import { SupervisorRpc } from '../supervisor/rpc.ts';
import type { Means } from './means.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/host-test.sh'), 'utf8');
const argsSchema = z.object({
  address: z.string(),
  hostKey: z.string(),
  hostName: z.string().default(''),
  settings: hostSettingsSchema,
  weak: z.boolean().default(false),
});

/** One setting tried. `name` and `remedy` name the locale texts `hosts.check.*` and `hosts.remedy.*`. */
export type Check = { name: string; ok: boolean; detail: string; remedy: string };

/** Tries every setting of a host: ssh first, then folders and tools, then supervisor in both ways. */
export async function hostTest(means: Means, args: unknown): Promise<{ checks: Check[]; hostname: string }> {
  const { address, hostKey, hostName, settings, weak } = argsSchema.parse(args);
  const { sshPort: port, sshUser: user, sshKey: keyName } = settings;
  const target = { name: hostName || address, address, port, user, keyName, hostKey, weak };
  const nonce = randomBytes(8).toString('hex');
  const argv = [
    'sh',
    '-c',
    script,
    'cedar',
    nonce,
    settings.hostPath,
    settings.logPath,
    settings.supervisorDir,
  ];
  try {
    const { stdout } = await means.pool.exec(target, argv, { deadlineMs: 15_000 });
    const found = read(stdout, nonce);
    const hostname = found.find((check) => check.name === 'hostname')?.detail ?? '';
    const supervisor = await trySupervisor(means, target, accessOf(settings, means.vault));
    return { checks: [ok('ssh', `${user}@${address}:${port}`), ...found, ...supervisor], hostname };
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    return { checks: [bad('ssh', messageOf(error), error.code)], hostname: '' };
  }
}

function read(text: string, nonce: string): Check[] {
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([mark]) => mark === nonce)
    .map(([, name = '', state, ...rest]) => {
      const detail = rest.join(' ').trim();
      return state === 'ok' ? ok(name, detail) : bad(name, detail, `${name}_bad`);
    });
}

async function trySupervisor(means: Means, target: Target, access: SupervisorAccess): Promise<Check[]> {
  const rpc = new SupervisorRpc(means.pool, target, access, 8000);
  return [
    await tried('supervisor_socket', async () => `${await rpc.supervisorState()}`),
    await tried('supervisor_reread', async () => {
      const { added, changed } = await rpc.reread();
      return [...added, ...changed].join(' ');
    }),
    await tried('supervisorctl', async () => {
      const processes = await processesByCtl(means.pool, target, access, 10_000);
      return String(processes.length);
    }),
  ];
}

async function tried(name: string, attempt: () => Promise<string>): Promise<Check> {
  try {
    return ok(name, await attempt());
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    return bad(name, String(error.detail.message ?? messageOf(error)), error.code);
  }
}

const ok = (name: string, detail: string): Check => ({
  name,
  ok: true,
  detail: detail.slice(0, 300),
  remedy: '',
});
const bad = (name: string, detail: string, remedy: string): Check => ({
  name,
  ok: false,
  detail: detail.slice(0, 300),
  remedy,
});
