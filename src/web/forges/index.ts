import type { Forge, Header } from './forge.ts';
import { gitee } from './gitee.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';

/** Every forge whose pushes are understood; the first that a request names itself after reads it. */
export const forges: readonly Forge[] = [gitlab, gitee, github];

export function forgeOf(header: Header): Forge | null {
  return forges.find((forge) => forge.sends(header)) ?? null;
}
