import type { HookPlace } from '../model/hooks.ts';
import type { HostSnapshot, ProjectSnapshot, Snapshot } from '../model/operation.ts';
import type { NewStep } from '../store/steps.ts';
import { ofHost, perProcess } from './plan-step.ts';
import { runtimeOf } from './runtimes.ts';

/**
 * What preflight found out on a host and what the order of its steps depends on. `ours`: false where nothing there was put
 * there by us.
 */
export type HostShape = { configurationChanges: boolean; adopts: boolean; ours?: boolean };

/** The steps that change one host. */
export type Activate = (host: HostSnapshot, snapshot: Snapshot, shape: HostShape) => NewStep[];

/** Out of traffic, and until what it has at hand is done. */
const out = ['deregister', 'drain'];

/** All processes of a host at once: their traffic drains side by side. */
const allOut = (host: HostSnapshot) => out.flatMap((name) => perProcess(host, [name]));

/** After all checks. */
const tested = ['autotest', 'register'];

/**
 * New release on one host; `checked` also asks port, http and registry, and runs the project's hooks there: one before
 * anything changes on the host, so that it still serves where that fails, and one when everything is up and back in.
 * A way back asks no autotest.
 */
export function release(checked: boolean, way: 'forth' | 'back' = 'back'): Activate {
  return (host, { project }, shape) => {
    const { configure, down, up, each } = runtimeOf(project);
    const last = way === 'forth' ? tested : ['register'];
    const after = [...checksOf(project, checked), ...(checked ? last : [])];
    const hook = (name: HookPlace) => ofHost(host, checked ? [name] : []);
    if (each.length > 0 && !shape.configurationChanges && !shape.adopts) {
      return [
        ...hook('host-before-switch'),
        ...ofHost(host, ['switch']),
        ...perProcess(host, [...(checked ? out : []), ...each, ...after]),
        ...hook('host-after-switch'),
      ];
    }
    return [
      ...hook('host-before-switch'),
      ...ofHost(host, configure),
      ...(checked ? allOut(host) : []),
      ...ofHost(host, [...(shape.adopts ? ['adopt'] : []), ...down, 'switch', ...up]),
      ...perProcess(host, after),
      ...hook('host-after-switch'),
    ];
  };
}

/** The same release once more. */
export const restart: Activate = (host, { project }) => {
  const { down, up, each } = runtimeOf(project);
  const after = [...checksOf(project, true), ...tested];
  if (each.length > 0) return perProcess(host, [...out, ...each, ...after]);
  return [...allOut(host), ...ofHost(host, [...down, ...up]), ...perProcess(host, after)];
};

/** All processes out of traffic, then down, one after the other. */
export const stop: Activate = (host, { project }) => [
  ...allOut(host),
  ...perProcess(host, runtimeOf(project).stop),
];

/** What was left out of traffic, in again after its checks; nothing is restarted. */
export const putBack: Activate = (host, { project }) =>
  perProcess(host, [...checksOf(project, true), ...tested]);

/** The release on a machine that gets no traffic yet: all is new there, and nothing has to leave a registry. */
export const arrive: Activate = (host, snapshot) =>
  release(true, 'forth')(host, snapshot, { configurationChanges: true, adopts: false }).filter(
    ({ name }) => !out.includes(name),
  );

/** Out of traffic, down, and away with all that was put there; a host on which nothing is ours is left alone. */
export const remove: Activate = (host, snapshot, shape) => {
  if (shape.ours === false) return [];
  return [...stop(host, snapshot, shape), ...ofHost(host, [...runtimeOf(snapshot.project).remove, 'unlink'])];
};

/** The configuration alone; asked for, all processes take it over. */
export const push: Activate = (host, { project, params }) => {
  const { configure, down, up } = runtimeOf(project);
  if (!params.restart) return ofHost(host, configure);
  return [
    ...ofHost(host, configure),
    ...allOut(host),
    ...ofHost(host, [...down, ...up]),
    ...perProcess(host, [...checksOf(project, true), ...tested]),
  ];
};

function checksOf(project: ProjectSnapshot, all: boolean): string[] {
  const { state, stable } = runtimeOf(project);
  if (!all) return state;
  const { port, http } = project.settings.checks;
  const reachable = project.port !== null;
  return [
    ...state,
    ...(reachable && port ? ['port'] : []),
    ...(reachable && http ? ['http'] : []),
    ...stable,
  ];
}
