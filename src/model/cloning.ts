import type { Option } from './option.ts';
import type { Project, ProjectSettings } from './project.ts';

/** Something secret of a project that its clone does not get: a variable, an option, or a file. */
export type LeftBehind = { place: 'variable' | 'option' | 'registry' | 'file'; name: string };

type Copied = Pick<Project, 'settings' | 'env'>;

/** A project's settings and variables without secrets, and which ones those were. Pure. */
export function withoutSecrets(
  { settings, env }: Copied,
  options: { type: readonly Option[]; registry: readonly Option[] },
): Copied & { left: LeftBehind[] } {
  const secret = env.filter((variable) => variable.secret);
  const [own, ownLeft] = open(settings.options, options.type);
  const [registry, registryLeft] = open(settings.registry.options, options.registry);
  return {
    settings: { ...settings, options: own, registry: { ...settings.registry, options: registry } },
    env: env.filter((variable) => !variable.secret),
    left: [
      ...secret.map(({ name }): LeftBehind => ({ place: 'variable', name })),
      ...ownLeft.map((name): LeftBehind => ({ place: 'option', name })),
      ...registryLeft.map((name): LeftBehind => ({ place: 'registry', name })),
    ],
  };
}

function open(
  values: ProjectSettings['options'],
  options: readonly Option[],
): [ProjectSettings['options'], string[]] {
  const secret = options.filter(({ kind, name }) => kind === 'secret' && values[name]);
  const names = new Set(secret.map(({ name }) => name));
  const kept = Object.entries(values).filter(([name]) => !names.has(name));
  return [Object.fromEntries(kept), [...names]];
}
