import { type HookPlace, hookPlaces } from '../model/hooks.ts';
import type { ProjectSnapshot } from '../model/operation.ts';

/** False for a step that this project has nothing for: the plans name all that there can be. */
export function isNeeded(name: string, { settings }: ProjectSnapshot): boolean {
  return isHook(name) ? settings.hooks?.[name] !== undefined : true;
}

function isHook(name: string): name is HookPlace {
  return (hookPlaces as readonly string[]).includes(name);
}
