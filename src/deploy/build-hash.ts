import { createHash } from 'node:crypto';
import type { ProjectSnapshot } from '../model/operation.ts';
import { openOptions } from '../model/option.ts';
import { typeOf } from '../project-types/index.ts';
import type { Tools } from './tools.ts';

/**
 * SHA-256 of all that decides what a build yields besides the commit. Secret values count through a keyed digest of
 * the master key's vault, so that the hash in the database tells nothing about them.
 * @param besides what was found out for this build: the commit of the second repository, where the project has one,
 *   and the digest of its configuration files.
 */
export function buildHash(
  project: ProjectSnapshot,
  tools: Pick<Tools, 'vault' | 'config'>,
  besides: { configCommit?: string; files?: string },
): string {
  const { command, output } = project.settings.build;
  const type = typeOf(project.type);
  const building = type.options.filter((option) => option.builds);
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
    // Left out by JSON where a type has none of them, so that releases of before are found again.
    script: type.build,
    options: building.length > 0 ? openOptions(building, project.settings.options) : undefined,
    configCommit: besides.configCommit,
    files: besides.files,
  };
  return createHash('sha256').update(JSON.stringify(decides)).digest('hex');
}
