import { httpGet } from '../deploy/http-get.ts';
import { liveProcesses } from '../model/live-state.ts';
import { optionValues } from '../model/option.ts';
import { webAddress } from '../model/web-options.ts';
import { typeOf } from '../project-types/index.ts';
import { type JobRun, lookAtJobs } from '../runtimes/job-look.ts';
import { jobPlace } from '../runtimes/job-schedule.ts';
import { isTomcat, TOMCAT_PROCESS } from '../runtimes/tomcat.ts';
import { tomcatPlace } from '../runtimes/tomcat-configuration.ts';
import { lookAtTomcats } from '../runtimes/tomcat-look.ts';
import { lookAtCommands } from './commands.ts';
import { seenJob } from './job-state.ts';
import type { Prober } from './prober.ts';
import type { SeenRuntime } from './seen-runtime.ts';
import type { Visit } from './visits.ts';
import type { Watched } from './watch-list.ts';

/** Everything of a visit that supervisor does not run, by placement. @throws SshError */
export async function lookAtOthers(prober: Prober, visit: Visit): Promise<Map<string, SeenRuntime>> {
  const of = (wanted: (watched: Watched) => boolean) => visit.placements.filter(wanted);
  const runtime = ({ project }: Watched) => typeOf(project.type).runtime;
  const parts = await Promise.all([
    tomcats(
      prober,
      visit,
      of(({ project }) => isTomcat(project)),
    ),
    jobs(
      prober,
      visit,
      of((watched) => runtime(watched) === 'cron'),
    ),
    Promise.all(
      of((watched) => runtime(watched) === 'commands').map(
        async (watched): Promise<Seen> => [watched.host.placementId, await lookAtCommands(prober, watched)],
      ),
    ),
    sites(of((watched) => runtime(watched) === 'files' || runtime(watched) === 'php')),
  ]);
  return new Map(parts.flat());
}

type Seen = [placementId: string, seen: SeenRuntime];

async function tomcats({ pool, deadlineMs }: Prober, visit: Visit, all: Watched[]): Promise<Seen[]> {
  if (all.length === 0) return [];
  const names = all.map(({ project, host }) => ({ key: project.key, ...tomcatPlace(project, host) }));
  const seen = await lookAtTomcats(pool, visit.target, names, { deadlineMs });
  return all.map(({ project, host }, index) => {
    const found = seen[index]!.process;
    const [process] = liveProcesses(project.key, [`${project.key}:${TOMCAT_PROCESS}`], [found], Date.now());
    const live = { ...process!, message: found.pid > 0 ? null : 'jvm_absent' };
    const { state, since, message } = live;
    return [host.placementId, { state, since, message, processes: [live] }];
  });
}

async function jobs({ pool, deadlineMs }: Prober, visit: Visit, all: Watched[]): Promise<Seen[]> {
  if (all.length === 0) return [];
  const places = all.map(({ project, host }) => jobPlace(project, host));
  const seen = await lookAtJobs(pool, visit.target, visit.settings.crontab, places, { deadlineMs });
  return all.map(({ project, host }, index) => [
    host.placementId,
    seenJob(project, seen[index] ?? { marked: null, runs: [] as JobRun[] }, Date.now()),
  ]);
}

/** A site is there when its link is; where the project names its port, it must also answer. */
function sites(all: Watched[]): Promise<Seen[]> {
  return Promise.all(
    all.map(async ({ project, host }): Promise<Seen> => {
      const { options } = typeOf(project.type);
      const address = webAddress(optionValues(options, project.settings.options));
      const here: SeenRuntime = { state: 'reachable', since: null, message: null, processes: [] };
      if (address === null) return [host.placementId, here];
      const headers: Record<string, string> = address.hostName ? { Host: address.hostName } : {};
      const { status } = await httpGet(host.address, address.port, address.path, headers);
      const answers = status === project.settings.checks.code;
      return [
        host.placementId,
        answers ? { ...here, state: 'running' } : { ...here, state: 'failed', message: 'site_wrong' },
      ];
    }),
  );
}
