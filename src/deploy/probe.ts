import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostSnapshot } from '../model/operation.ts';
import { isSupervised, typeOf } from '../project-types/index.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { StepFailed } from './failure.ts';
import type { Tools } from './tools.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/probe.sh'), 'utf8');

/** What a host shows before anything is changed. */
export type Probe = {
  missing: string[];
  problems: string[];
  /** SHA-256 of the project's supervisor file; null: none. */
  configuration: string | null;
  freeBytes: number;
  freeInodes: number;
  link: string | null;
  plain: boolean;
  releases: string[];
  /** Our guard is there, in this very version. */
  guarded: boolean;
  /** The guard heard of our fence. */
  announced: boolean;
};

/** The project's supervisor file on a host. */
export function programFile(host: HostSnapshot, key: string): string {
  return `${host.settings.supervisorDir}/${key}${host.settings.supervisorSuffix}`;
}

/**
 * Asks a host with one command, which also tells our fence where the guard is there and nothing is in the way. The
 * lines carry a nonce that nothing on the host knew before.
 * @throws SshError, StepFailed, StaleFence, GuardRefused
 */
export async function probe(
  tools: Pick<Tools, 'pool' | 'guard'>,
  host: HostSnapshot,
  project: { key: string; type: string },
  fence: number,
  signal?: AbortSignal,
): Promise<Probe> {
  const nonce = randomBytes(8).toString('hex');
  const { hostPath, supervisorDir, logPath } = host.settings;
  const include = isSupervised(typeOf(project.type)) ? supervisorDir : '';
  const args = [hostPath, project.key, include, programFile(host, project.key), logPath, nonce];
  const { file, sum } = tools.guard.script(host);
  const announcement = tools.guard.announcement(host, project.key, fence);
  const argv = ['sh', '-c', script, 'cedar', ...args, file, sum, ...announcement.args];
  const { deadlineMs } = announcement;
  const result = await tools.pool.exec(targetOf(host), argv, { signal, deadlineMs });
  if (result.code !== 0) {
    throw new StepFailed(
      'probe',
      { host: host.name },
      { exitCode: result.code, tail: result.stderr || result.stdout },
    );
  }
  return { ...readFacts(result.stdout, nonce), announced: announcement.heard(result.stdout) };
}

function readFacts(text: string, nonce: string): Omit<Probe, 'announced'> {
  const facts = text
    .split('\n')
    .filter((line) => line.startsWith(`${nonce} `))
    .map((line) => /^(\w+)=(.*)$/.exec(line.slice(nonce.length + 1)))
    .filter((match) => match !== null);
  const all = (name: string) => facts.filter((fact) => fact[1] === name).map((fact) => fact[2] as string);
  const [configuration = 'none'] = all('config');
  const free = /^(\d+) (\d+) (\d+)$/
    .exec(all('free')[0] ?? '')
    ?.slice(1)
    .map(Number);
  const [blocks, blockBytes, freeInodes] = free ?? [Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY];
  return {
    missing: all('missing'),
    problems: all('problem'),
    configuration: configuration === 'none' ? null : configuration,
    freeBytes: blocks! * blockBytes!,
    freeInodes: freeInodes!,
    link: all('link')[0] ?? null,
    plain: all('plain').length > 0,
    releases: all('release'),
    guarded: all('guard').length > 0,
  };
}
