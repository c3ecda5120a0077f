import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { isSupervised, typeOf } from '../project-types/index.ts';
import { targetOf } from '../shells/ssh/target.ts';
import { StepFailed } from './failure.ts';
import { programFile } from './probe.ts';
import type { Tools } from './tools.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/compare.sh'), 'utf8');

/** What a project has on a host. */
export type HostRegard = {
  problem: string | null;
  /** Folder below releases/ that is live; null: none of ours. */
  current: string | null;
  plain: boolean;
  releases: string[];
  /** The supervisor file's text; null: not there. */
  configuration: string | null;
  /** Paths of the live release that are changed or gone by the given sums. */
  edited: string[];
  /** Every plain file of the live release; empty unless sums were given. */
  there: string[];
};

/**
 * Looks with one command that changes nothing.
 * @param sums of the live release as `sha256sum -c` takes them, to hold its files against; null: not asked
 * @throws SshError, StepFailed `probe`
 */
export async function regard(
  tools: Pick<Tools, 'pool'>,
  host: HostSnapshot,
  project: ProjectSnapshot,
  sums: Buffer | null,
  signal: AbortSignal,
): Promise<HostRegard> {
  const nonce = randomBytes(8).toString('hex');
  const file = isSupervised(typeOf(project.type)) ? programFile(host, project.key) : '';
  const args = [host.settings.hostPath, project.key, file, nonce, sums ? 'files' : ''];
  const argv = ['sh', '-c', script, 'cedar', ...args];
  const result = await tools.pool.exec(targetOf(host), argv, { signal, input: sums ?? '' });
  if (result.code !== 0) {
    const more = { exitCode: result.code, tail: result.stderr || result.stdout };
    throw new StepFailed('probe', { host: host.name }, more);
  }
  return readRegard(result.stdout, nonce, project.key);
}

function readRegard(text: string, nonce: string, key: string): HostRegard {
  const facts = text
    .split('\n')
    .filter((line) => line.startsWith(`${nonce} `))
    .map((line) => /^(\w+)=(.*)$/.exec(line.slice(nonce.length + 1)))
    .filter((match) => match !== null);
  const all = (name: string) => facts.filter((fact) => fact[1] === name).map((fact) => fact[2] as string);
  const [link = ''] = all('link');
  const ours = link.startsWith(`.cedar/${key}/releases/`);
  const [config] = all('config');
  return {
    problem: link && !ours ? 'foreign_link' : (all('problem')[0] ?? null),
    current: ours ? (link.split('/').at(-1) ?? null) : null,
    plain: all('plain').length > 0,
    releases: all('release'),
    configuration: config === undefined ? null : Buffer.from(config, 'base64').toString(),
    edited: all('edited').map((line) => line.replace(/^\.\//, '').replace(/: FAILED.*$/, '')),
    there: all('there').map((path) => path.slice(2)),
  };
}
