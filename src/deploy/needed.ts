import { type HookPlace, hookPlaces } from '../model/hooks.ts';
import type { ProjectSnapshot } from '../model/operation.ts';
import { typeOf } from '../project-types/index.ts';

/** Steps of the table that only some types take part in. */
const ofSomeTypes = new Set(['fetch-config', 'assemble']);

/** False for a step that this project has nothing for: the plans name all that there can be. */
export function isNeeded(name: string, { type, settings }: ProjectSnapshot): boolean {
  if (ofSomeTypes.has(name)) return typeOf(type).prepares?.includes(name) ?? false;
  return isHook(name) ? settings.hooks?.[name] !== undefined : true;
}

function isHook(name: string): name is HookPlace {
  return (hookPlaces as readonly string[]).includes(name);
}
