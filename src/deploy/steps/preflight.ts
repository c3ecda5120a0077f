import { createHash } from 'node:crypto';
import type { HostSnapshot, OperationKind } from '../../model/operation.ts';
import { isSupervised, typeOf } from '../../project-types/index.ts';
import { targetOf } from '../../shells/ssh/target.ts';
import { accessOf } from '../../supervisor/access.ts';
import { look } from '../../supervisor/look.ts';
import { renderForHost } from '../../supervisor/render-for-host.ts';
import { SupervisorRpc } from '../../supervisor/rpc.ts';
import { StepFailed } from '../failure.ts';
import { fitness } from '../fitness.ts';
import { type HostFacts, releaseIdOf } from '../host-facts.ts';
import { type Probe, probe } from '../probe.ts';
import type { HostStepContext, Step } from '../step.ts';
import { refuseUnfitTraffic } from '../traffic-fitness.ts';

/** They run with the configuration that is there, however broken other teams' files are. */
const leavesConfiguration = new Set<OperationKind>([
  ...(['restart', 'stop', 'put-back', 'reduction', 'remove-host'] as const),
  ...(['restart-process', 'start-process', 'stop-process'] as const),
]);

/** They take nothing live over, so that what others put there is no hindrance. */
const leavesLink = new Set<OperationKind>(['reduction', 'remove-host', 'add-host']);

/** Looks at a host and takes the project's fence there; changes nothing that runs. */
export const preflight: Step<HostStepContext> = {
  async run(context) {
    const { tools, host, snapshot, lease, log, signal } = context;
    const found = await probe(tools, host, snapshot.project, lease.fence, signal);
    refuse(found, host.name);
    if (!leavesLink.has(context.operation.kind)) refuseForeignLink(found, host, snapshot.project.key);
    refuseUnfitTraffic(context);
    refuseUnfit(context, found);
    await checkRoom(context, found);
    if (!found.guarded) await tools.guard.install(host, signal);
    if (!found.announced) await tools.guard.announce(host, snapshot.project.key, lease.fence, signal);
    const supervised = isSupervised(typeOf(snapshot.project.type));
    const configures = supervised && !leavesConfiguration.has(context.operation.kind);
    const wanted = configures ? renderForHost(snapshot.project, host, tools.vault) : null;
    const loaded = supervised ? await askSupervisor(context, configures) : { isLoaded: true, fresh: true };
    const facts = { ...factsOf(found, wanted, loaded), ...(await fitness(context)) };
    log.line(`runs ${facts.current ?? (found.plain ? 'a plain folder from before' : 'nothing')}`);
    log.line(
      facts.configurationChanges ? 'its configuration will change' : 'its configuration is as it should be',
    );
    return {
      evidence: { current: facts.current, plain: found.plain, freeBytes: found.freeBytes },
      hostFacts: facts,
      host: { releaseBefore: releaseIdOf(facts.current) },
    };
  },
};

function factsOf(
  found: Probe,
  wanted: string | null,
  loaded: { isLoaded: boolean; fresh: boolean },
): HostFacts {
  const hash = wanted === null ? null : createHash('sha256').update(wanted).digest('hex');
  const current = found.link?.startsWith('.cedar/') ? (found.link.split('/').at(-1) ?? null) : null;
  return {
    current,
    plain: found.plain,
    releases: found.releases,
    configuration: found.configuration,
    wanted: hash,
    configurationChanges:
      hash !== null && (hash !== found.configuration || !loaded.isLoaded || !loaded.fresh),
    adopts: found.plain,
    ours: current !== null || found.releases.length > 0,
    folder: null,
    restartedAt: {},
    pids: {},
  };
}

function refuse(found: Probe, host: string): void {
  const [tool] = found.missing;
  if (tool) throw new StepFailed('host_lacks', { host, tool: found.missing.join(', ') });
  const [problem] = found.problems;
  if (problem) throw new StepFailed(problem, { host });
}

/** What the guard writes on a host, with room to spare. */
const JOURNAL_BYTES = 64 * 1024;

/** A link that we did not make would be replaced without a way back. */
function refuseForeignLink({ link }: Probe, host: HostSnapshot, key: string): void {
  if (link === null || link.startsWith(`.cedar/${key}/releases/`)) return;
  const path = `${host.settings.hostPath}/${key}`;
  throw new StepFailed('foreign_link', { host: host.name, path, target: link });
}

/** A program brings in empty machines only, and configuration is pushed only to where something runs. */
function refuseUnfit({ operation, host, snapshot }: HostStepContext, found: Probe): void {
  const path = `${host.settings.hostPath}/${snapshot.project.key}`;
  if (operation.kind === 'expansion' && found.plain && !snapshot.params.arrival?.placed)
    throw new StepFailed('arrival_not_empty', { host: host.name, path });
  if (operation.kind === 'push-configuration' && found.link === null)
    throw new StepFailed('nothing_deployed', { host: host.name });
}

/** R30: twice the release must fit, and so must its files. */
async function checkRoom({ facts, records, host }: HostStepContext, found: Probe): Promise<void> {
  const release = facts.releaseId ? await records.release(facts.releaseId) : null;
  const needed = release ? release.bytes * 2 + 1024 * 1024 : JOURNAL_BYTES;
  if (found.freeBytes < needed) {
    const mib = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
    throw new StepFailed('disk_full', { host: host.name, free: mib(found.freeBytes), needed: mib(needed) });
  }
  if (!release) return;
  if (found.freeInodes > 0 && found.freeInodes < release.files * 2 + 100) {
    throw new StepFailed('inodes_full', {
      host: host.name,
      free: found.freeInodes,
      needed: release.files * 2 + 100,
    });
  }
}

/** Is the group loaded, and does supervisor know its file as it is now? A broken file of any team fails here. */
async function askSupervisor(
  { tools, host, snapshot, log }: HostStepContext,
  configures: boolean,
): Promise<{ isLoaded: boolean; fresh: boolean }> {
  const access = accessOf(host.settings, tools.vault);
  const { via, processes } = await look(tools.pool, targetOf(host), access);
  const mine = processes.filter((one) => one.group === snapshot.project.key);
  for (const one of mine)
    log.line(`${one.group}:${one.name} ${one.state}${one.pid ? ` pid ${one.pid}` : ''}`);
  const isLoaded = mine.length > 0;
  if (via === 'ctl' || !configures) return { isLoaded, fresh: isLoaded };
  const reread = await new SupervisorRpc(tools.pool, targetOf(host), access).reread();
  return { isLoaded, fresh: !reread.changed.includes(snapshot.project.key) };
}
