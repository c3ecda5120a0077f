import { createHash } from 'node:crypto';
import type { Project } from '../../model/project.ts';
import { variableNames } from './variables-form.ts';

/** A project for the audit trail: no values of variables, the template by its hash and length. */
export function projectFacts(project: Project): Record<string, unknown> {
  const { key, groupId, type, gitUrl, branch, port, settings, notes } = project;
  return {
    ...{ key, groupId, type, gitUrl, branch, port, notes },
    ...settings,
    template: project.template && textFacts(project.template),
    variables: variableNames(project.env),
  };
}

/** The project as audit rows name it. */
export function projectObject(project: Pick<Project, 'key'>): string {
  return `project:${project.key}`;
}

function textFacts(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')} (${text.length})`;
}
