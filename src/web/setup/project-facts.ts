import { createHash } from 'node:crypto';
import type { Project } from '../../model/project.ts';
import type { RegistrySettings } from '../../model/registry-settings.ts';
import { registries } from '../../registries/index.ts';
import { variableNames } from './variables-form.ts';

/** A project for the audit trail: no values of variables, the template by its hash and length. */
export function projectFacts(project: Project): Record<string, unknown> {
  const { key, groupId, type, gitUrl, branch, port, settings, notes } = project;
  return {
    ...{ key, groupId, type, gitUrl, branch, port, notes },
    ...settings,
    registry: registryFacts(settings.registry),
    template: project.template && textFacts(project.template),
    variables: variableNames(project.env),
  };
}

/** The project as audit rows name it. */
export function projectObject(project: Pick<Project, 'key'>): string {
  return `project:${project.key}`;
}

/** A secret by the hash of its sealed form: that it was changed is a fact, what it is is not. */
function registryFacts({ options, ...registry }: RegistrySettings): Record<string, unknown> {
  const known = registries.find(({ name }) => name === registry.name)?.options ?? [];
  const secret = new Set(known.filter(({ kind }) => kind === 'secret').map(({ name }) => name));
  const told = ([name, value]: [string, string]) => [
    name,
    secret.has(name) && value ? textFacts(value) : value,
  ];
  return { ...registry, options: Object.fromEntries(Object.entries(options).map(told)) };
}

/** A text by its hash and length. */
export function textFacts(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')} (${text.length})`;
}
