import type { Project } from '../../../model/project.ts';
import { typeOf } from '../../../project-types/index.ts';
import { moment, momentOf, rowId, z } from './z.ts';

export const projectSchema = z
  .object({
    id: rowId,
    key: z.string().describe('`environment_name`: its folder and program name on every host'),
    environment: z.string(),
    production: z.boolean(),
    name: z.string(),
    groupId: rowId,
    group: z.string(),
    type: z.string(),
    gitUrl: z.string(),
    branch: z.string(),
    port: z.int().nullable(),
    notes: z.string().nullable(),
    settings: z.record(z.string(), z.unknown()).describe('As the settings page has them; secrets are masked'),
    ownTemplate: z.boolean().describe("False: its type's template is used"),
    variables: z.array(z.string()).describe('Names alone'),
    revision: z.int().describe('Counts up with every change; `"revision"` is its ETag'),
    createdAt: moment,
    updatedAt: moment,
  })
  .openapi('Project');

/** What the answer needs to know besides the row. */
export type Surroundings = { group: string; production: boolean };

export function projectAnswer(project: Project, { group, production }: Surroundings) {
  const { id, key, environment, name, groupId, type, gitUrl, branch, port, notes, revision } = project;
  return {
    ...{ id, key, environment, production, name, groupId, group, type, gitUrl, branch, port, notes },
    settings: masked({ ...project.settings, options: openOptions(project) }),
    ownTemplate: project.template !== null,
    variables: project.env.map((variable) => variable.name),
    revision,
    createdAt: momentOf(project.createdAt),
    updatedAt: momentOf(project.updatedAt),
  };
}

const MASK = '••••';

/** Secret options are write-only (S70). */
function openOptions(project: Project): Record<string, string> {
  const secret = new Set(
    typeOf(project.type)
      .options.filter(({ kind }) => kind === 'secret')
      .map(({ name }) => name),
  );
  const entries = Object.entries(project.settings.options);
  return Object.fromEntries(entries.map(([name, value]) => [name, secret.has(name) && value ? MASK : value]));
}

/** The same with every sealed text masked, wherever it stands. */
function masked(value: unknown): Record<string, unknown> {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'string' && /^v1\.[0-9a-f]{8}\./.test(inner) ? MASK : inner,
  );
  return JSON.parse(text) as Record<string, unknown>;
}
