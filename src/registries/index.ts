import { consul } from './consul.ts';
import { none } from './none.ts';
import type { Registry } from './registry.ts';

/** Every registry, in the order of the form's list. */
export const registries: readonly Registry[] = [none, consul];

/** @throws RangeError for a name that is not listed. */
export function registryOf(name: string): Registry {
  const found = registries.find((registry) => registry.name === name);
  if (!found) throw new RangeError(`no registry is called ${name}`);
  return found;
}
