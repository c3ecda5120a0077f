import { type HookPlace, hookPlaces } from '../model/hooks.ts';
import type { ProjectSnapshot } from '../model/operation.ts';
import type { RegistrySettings } from '../model/registry-settings.ts';
import { typeOf } from '../project-types/index.ts';

/** Steps of the table that only some types take part in. */
const ofSomeTypes = new Set(['fetch-config', 'assemble']);

/** False for a step that this project has nothing for: the plans name all that there can be. */
export function isNeeded(name: string, { type, settings, files = [] }: ProjectSnapshot): boolean {
  if (name === 'fetch-files') return files.some(({ source }) => source === 'url');
  if (name === 'write-files') return files.some(({ placed }) => placed === 'after-build');
  if (ofSomeTypes.has(name)) return typeOf(type).prepares?.includes(name) ?? false;
  if (isHook(name)) return settings.hooks?.[name] !== undefined;
  return isTraffic(name) ? trafficNeeds[name](settings.registry) : true;
}

/** Where a registry need not succeed, processes may have been passed over that are not in. */
const trafficNeeds = {
  drain: ({ name, drainSeconds }: RegistrySettings) => name !== 'none' && drainSeconds > 0,
  'all-in': ({ name, required }: RegistrySettings) => name !== 'none' && !required,
};

function isTraffic(name: string): name is keyof typeof trafficNeeds {
  return Object.hasOwn(trafficNeeds, name);
}

function isHook(name: string): name is HookPlace {
  return (hookPlaces as readonly string[]).includes(name);
}
