import { command } from './command.ts';
import { consul } from './consul.ts';
import { hook } from './hook.ts';
import { nacos } from './nacos.ts';
import { none } from './none.ts';
import type { Registry } from './registry.ts';
import { tcpLine } from './tcp-line.ts';

/** Every registry, in the order of the form's list. */
export const registries: readonly Registry[] = [none, consul, nacos, hook, command, tcpLine];

/** @throws RangeError for a name that is not listed. */
export function registryOf(name: string): Registry {
  const found = registries.find((registry) => registry.name === name);
  if (!found) throw new RangeError(`no registry is called ${name}`);
  return found;
}
