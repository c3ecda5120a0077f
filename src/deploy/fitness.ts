import { type Runtime, typeOf } from '../project-types/index.ts';
import { lookAtTomcat } from '../runtimes/tomcat.ts';
import { tomcatDigest, tomcatFiles, tomcatPlace } from '../runtimes/tomcat-configuration.ts';
import { StepFailed } from './failure.ts';
import type { HostFacts } from './host-facts.ts';
import { commandsFit } from './instances.ts';
import { jobFits } from './job-fitness.ts';
import { phpFits } from './php-fitness.ts';
import type { HostStepContext } from './step.ts';

/** What preflight finds out about the configuration of what supervisor does not run. */
type Found = Partial<Pick<HostFacts, 'configuration' | 'wanted' | 'configurationChanges'>>;

const table: Partial<Record<Runtime, (context: HostStepContext) => Promise<Found>>> = {
  tomcat: tomcatFits,
  php: phpFits,
  cron: jobFits,
  commands: commandsFit,
};

/**
 * Can this host run the release as its type needs it? Only reads.
 * @throws StepFailed for the first thing that is missing
 */
export async function fitness(context: HostStepContext): Promise<Found> {
  await refuseLacking(context);
  const { project } = context.snapshot;
  return (await table[typeOf(project.type).runtime]?.(context)) ?? {};
}

/** A release without its main file could only fail once it is live. */
async function refuseLacking({ facts, shelf, snapshot }: HostStepContext): Promise<void> {
  const { mainFile } = typeOf(snapshot.project.type);
  const manifest = mainFile && facts.releaseId ? await shelf.manifest(facts.releaseId) : null;
  if (!mainFile || !manifest || manifest.entries.some(({ path }) => path === mainFile)) return;
  throw new StepFailed('release_lacks', { release: facts.releaseName ?? facts.releaseId!, path: mainFile });
}

async function tomcatFits(context: HostStepContext): Promise<Found> {
  const { operation, snapshot, host, tools } = context;
  if (operation.kind === 'stop') return {};
  const { home } = tomcatPlace(snapshot.project, host);
  const seen = await lookAtTomcat(tools.pool, snapshot.project, host);
  if (!seen.home) throw new StepFailed('no_tomcat', { host: host.name, path: home });
  if (operation.kind === 'restart') return {};
  const files = tomcatFiles(snapshot.project, host, tools.vault);
  if (!seen.java && !/^[ \t]*(?:export[ \t]+)?J(?:AVA|RE)_HOME=/m.test(files.setenv))
    throw new StepFailed('no_java', { host: host.name });
  const wanted = tomcatDigest(files, home);
  return { wanted, configuration: seen.digest, configurationChanges: wanted !== seen.digest };
}
