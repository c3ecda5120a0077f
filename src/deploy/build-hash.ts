import { createHash } from 'node:crypto';
import type { ProjectSnapshot } from '../model/operation.ts';
import type { Tools } from './tools.ts';

/**
 * SHA-256 of all that decides what a build yields besides the commit. Secret values count through a keyed digest of
 * the master key's vault, so that the hash in the database tells nothing about them.
 */
export function buildHash(project: ProjectSnapshot, tools: Pick<Tools, 'vault' | 'config'>): string {
  const { command, output } = project.settings.build;
  const env = project.env.map(({ name, value }) => [name, tools.vault.digest(tools.vault.open(value))]);
  const { hooks } = project.settings;
  const decides = {
    type: project.type,
    gitUrl: project.gitUrl,
    command,
    output,
    env,
    buildEnv: tools.config.buildEnv,
    beforeBuild: hooks?.['before-build']?.command,
    afterBuild: hooks?.['after-build']?.command,
  };
  return createHash('sha256').update(JSON.stringify(decides)).digest('hex');
}
