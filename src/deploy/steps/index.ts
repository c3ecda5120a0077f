import { hookPlaces, isOnHosts } from '../../model/hooks.ts';
import type { HostStepContext, Step } from '../step.ts';
import { adopt } from './adopt.ts';
import { allIn } from './all-in.ts';
import { assemble } from './assemble.ts';
import { autotest } from './autotest.ts';
import { build } from './build.ts';
import { choose } from './choose.ts';
import { clean } from './clean.ts';
import { commandAgain, commandCheck } from './command-check.ts';
import { commandClean } from './command-clean.ts';
import { commandStart } from './command-start.ts';
import { commandStop } from './command-stop.ts';
import { compare } from './compare.ts';
import { configure } from './configure.ts';
import { copy } from './copy.ts';
import { deregister } from './deregister.ts';
import { displace } from './displace.ts';
import { drain } from './drain.ts';
import { fence } from './fence.ts';
import { fetch } from './fetch.ts';
import { fetchConfig } from './fetch-config.ts';
import { fetchConfigurationFiles } from './fetch-files.ts';
import { folders } from './folders.ts';
import { forget } from './forget.ts';
import { fpm } from './fpm.ts';
import { greet } from './greet.ts';
import { healthy } from './healthy.ts';
import { hookHere, hookOnHost } from './hook.ts';
import { http } from './http.ts';
import { keep } from './keep.ts';
import { place } from './place.ts';
import { port } from './port.ts';
import { preflight } from './preflight.ts';
import { promote } from './promote.ts';
import { prune } from './prune.ts';
import { register } from './register.ts';
import { reload } from './reload.ts';
import { remember } from './remember.ts';
import { resolve } from './resolve.ts';
import { restart } from './restart.ts';
import { restore } from './restore.ts';
import { schedule } from './schedule.ts';
import { scheduled } from './scheduled.ts';
import { site } from './site.ts';
import { stable } from './stable.ts';
import { stage } from './stage.ts';
import { start } from './start.ts';
import { state } from './state.ts';
import { stop } from './stop.ts';
import { switchLink } from './switch.ts';
import { tomcatClean } from './tomcat-clean.ts';
import { tomcatConfigure } from './tomcat-configure.ts';
import { tomcatStart } from './tomcat-start.ts';
import { tomcatStop } from './tomcat-stop.ts';
import { unconfigure } from './unconfigure.ts';
import { unlink } from './unlink.ts';
import { unschedule } from './unschedule.ts';
import { update } from './update.ts';
import { writeConfigurationFiles } from './write-files.ts';

const herePlaces = hookPlaces.filter((place) => !isOnHosts(place));
const hostPlaces = hookPlaces.filter(isOnHosts);

/** Every step that plans name: those of the deploy machine, and those of one host. */
const local: Record<string, Step> = {
  ...{ fetch, 'fetch-config': fetchConfig, resolve, build, assemble, keep },
  ...{ 'fetch-files': fetchConfigurationFiles, 'write-files': writeConfigurationFiles },
  ...{ choose, remember, prune, healthy, promote },
  ...{ greet, place, displace, copy, clean },
  'all-in': allIn,
  ...Object.fromEntries(herePlaces.map((place) => [place, hookHere(place)])),
};
const ofHost: Record<string, Step<HostStepContext>> = {
  ...{ preflight, compare, fence, stage, adopt, switch: switchLink, configure, update, restart, start, stop },
  ...{ folders, unconfigure, unlink, restore },
  ...{ state, port, http, stable, deregister, register },
  ...{ drain, autotest },
  ...{ 'tomcat-configure': tomcatConfigure, 'tomcat-stop': tomcatStop },
  ...{ 'tomcat-clean': tomcatClean, 'tomcat-start': tomcatStart },
  ...{ forget, reload, fpm, site, schedule, unschedule, scheduled },
  ...{ 'command-stop': commandStop, 'command-start': commandStart, 'command-clean': commandClean },
  ...{ 'command-check': commandCheck, 'command-again': commandAgain },
  ...Object.fromEntries(hostPlaces.map((place) => [place, hookOnHost(place)])),
};

/** The step of that name; the context must be one of a host where the journal's row names one. @throws RangeError */
export function stepNamed(name: string): Step<HostStepContext> {
  const found = local[name] ?? ofHost[name];
  if (!found) throw new RangeError(`no step is called ${name}`);
  return found;
}
