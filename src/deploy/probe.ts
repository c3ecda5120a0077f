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
};

/** The project's supervisor file on a host. */
export function programFile(host: HostSnapshot, key: string): string {
  return `${host.settings.supervisorDir}/${key}${host.settings.supervisorSuffix}`;
}

/** Asks a host with one command. The lines carry a nonce that nothing on the host knew before. @throws SshError, StepFailed */
export async function probe(
  tools: Pick<Tools, 'pool' | 'guard'>,
  host: HostSnapshot,
  project: { key: string; type: string },
  signal?: AbortSignal,
): Promise<Probe> {
  const nonce = randomBytes(8).toString('hex');
  const { hostPath, supervisorDir, logPath } = host.settings;
  const include = isSupervised(typeOf(project.type)) ? supervisorDir : '';
  const args = [hostPath, project.key, include, programFile(host, project.key), logPath, nonce];
  const { file, sum } = tools.guard.script(host);
  const result = await tools.pool.exec(targetOf(host), ['sh', '-c', script, 'cedar', ...args, file, sum], {
    signal,
  });
  if (result.code !== 0) {
    throw new StepFailed(
      'probe',
      { host: host.name },
      { exitCode: result.code, tail: result.stderr || result.stdout },
    );
  }
  return readFacts(result.stdout, nonce);
}

function readFacts(text: string, nonce: string): Probe {
  const facts = text
    .split('\n')
    .filter((line) => line.startsWith(`${nonce} `))
    .map((line) => /^(\w+)=(.*)$/.exec(line.slice(nonce.length + 1)))
    .filter((match) => match !== null);
  const all = (name: string) => facts.filter((fact) => fact[1] === name).map((fact) => fact[2] as string);
  const [configuration = 'none'] = all('config');
  const count = (name: string) => Number(/^\d+$/.exec(all(name)[0] ?? '')?.[0] ?? Number.POSITIVE_INFINITY);
  return {
    missing: all('missing'),
    problems: all('problem'),
    configuration: configuration === 'none' ? null : configuration,
    freeBytes: count('free_kib') * 1024,
    freeInodes: count('free_inodes'),
    link: all('link')[0] ?? null,
    plain: all('plain').length > 0,
    releases: all('release'),
    guarded: all('guard').length > 0,
  };
}
