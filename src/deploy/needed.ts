import { type HookPlace, hookPlaces } from '../model/hooks.ts';
import type { ProjectSnapshot } from '../model/operation.ts';
import { typeOf } from '../project-types/index.ts';

/** Steps of the table that only some types take part in. */
const ofSomeTypes = new Set(['fetch-config', 'assemble']);

/** False for a step that this project has nothing for: the plans name all that there can be. */
export function isNeeded(name: string, project: ProjectSnapshot): boolean {
  const { type, settings, files = [] } = project;
  if (name === 'fetch-files') return files.some(({ source }) => source === 'url');
  if (name === 'write-files') return files.some(({ placed }) => placed === 'after-build');
  if (ofSomeTypes.has(name)) return typeOf(type).prepares?.includes(name) ?? false;
  if (isHook(name)) return settings.hooks?.[name] !== undefined;
  return isTraffic(name) ? trafficNeeds[name](project) : true;
}

const counts = ({ settings }: ProjectSnapshot) => settings.registry.name !== 'none';

/** all-in: where a registry need not succeed, processes may have been passed over that are not in. */
const trafficNeeds = {
  drain: (project: ProjectSnapshot) => counts(project) && project.settings.registry.drainSeconds > 0,
  'all-in': (project: ProjectSnapshot) => counts(project) && !project.settings.registry.required,
  autotest: ({ production, port, settings }: ProjectSnapshot) =>
    production && port !== null && settings.checks.autotest,
};

function isTraffic(name: string): name is keyof typeof trafficNeeds {
  return Object.hasOwn(trafficNeeds, name);
}

function isHook(name: string): name is HookPlace {
  return (hookPlaces as readonly string[]).includes(name);
}
