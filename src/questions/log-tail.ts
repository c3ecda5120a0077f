import { z } from 'zod';
import { mask, maskedForms } from '../model/masker.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { logFile, runsByCommands } from '../runtimes/commands.ts';
import { isTomcat, tomcatTail } from '../runtimes/tomcat.ts';
import { SshError } from '../shells/ssh/ssh-error.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { accessOf } from '../supervisor/access.ts';
import { tailByCtl } from '../supervisor/ctl-tail.ts';
import { processNames } from '../supervisor/render-for-host.ts';
import { SupervisorRpc } from '../supervisor/rpc.ts';
import type { Means } from './means.ts';
import { placementSnapshot } from './placement-snapshot.ts';

const argsSchema = z.object({ placementId: z.string(), process: z.number().int().min(0).max(99) });

/** Read of each stream, in bytes. */
const MOST = 16_384;

/** `text`: null where there is no such log. */
export type LogTail = { logs: { stream: 'stdout' | 'stderr'; text: string | null }[] };

type Place = { project: ProjectSnapshot; host: HostSnapshot; process: number };

/** The last lines of a program's own logs, with the project's secrets masked. @throws SshError, CedarError */
export async function logTail(means: Means, args: unknown): Promise<LogTail> {
  const { placementId, process } = argsSchema.parse(args);
  const { project, host } = await placementSnapshot(means.db, placementId);
  const secret = [...project.env, ...host.env]
    .filter((one) => one.secret)
    .map((one) => means.vault.open(one.value));
  const forms = maskedForms(secret);
  const logs = await read(means, { project, host, process });
  return { logs: logs.map(({ stream, text }) => ({ stream, text: text && readable(text, forms) })) };
}

async function read(means: Means, place: Place): Promise<LogTail['logs']> {
  const { pool, signal } = means;
  const { project, host } = place;
  if (isTomcat(project)) return [{ stream: 'stdout', text: await tomcatTail(pool, project, host) }];
  if (!runsByCommands(project)) return bySupervisor(means, place);
  const argv = ['tail', '-c', String(MOST), '--', logFile(place)];
  const { code, stdout } = await pool.exec(targetOf(host), argv, { signal });
  return [{ stream: 'stdout', text: code === 0 ? stdout : null }];
}

async function bySupervisor(
  { pool, vault, signal }: Means,
  { project, host, process }: Place,
): Promise<LogTail['logs']> {
  const name = processNames(project, host)[process];
  if (!name) return [{ stream: 'stdout', text: null }];
  const [target, access] = [targetOf(host), accessOf(host.settings, vault)];
  const rpc = new SupervisorRpc(pool, target, access);
  try {
    const text = await rpc.lastOf(name, 'Stdout', MOST);
    return [
      { stream: 'stdout', text },
      { stream: 'stderr', text: await rpc.lastOf(name, 'Stderr', MOST) },
    ];
  } catch (error) {
    if (!(error instanceof SshError) || error.kind !== 'channels') throw error;
    const of = (stream: 'stdout' | 'stderr') =>
      tailByCtl(pool, target, access, { name, stream, bytes: MOST }, signal);
    return [
      { stream: 'stdout', text: await of('stdout') },
      { stream: 'stderr', text: await of('stderr') },
    ];
  }
}

/** Whole lines alone where more was written: what is cut off may be a part of a secret. */
function readable(text: string, forms: string[]): string {
  const cut = Buffer.byteLength(text) >= MOST - 3;
  return mask(cut ? text.slice(text.indexOf('\n') + 1) : text, forms);
}
