import { CedarError } from '../../errors.ts';
import type { Project } from '../../model/project.ts';
import type { Db } from '../../store/database.ts';
import * as environments from '../../store/environments.ts';
import { renderProgram } from '../../supervisor/program.ts';
import { variablesInForce } from '../../supervisor/variables.ts';
import type { Page } from '../page.ts';

/** Refuses a text whose places cannot be filled in with what the project and its environment have now. */
export async function refuseUnfillable(
  { page, db }: { page: Page; db: Db },
  project: Project,
  text: string,
): Promise<void> {
  const environment = await environments.byName(db, project.environment);
  const names = variablesInForce(environment?.env ?? [], project.env).map(({ name }) => [name, 'x']);
  const { key, name, port } = project;
  const places = { key, project: name, environment: project.environment, port };
  try {
    renderProgram(text, { ...Object.fromEntries(names), ...places });
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    page.refuse({ field: 'text', code: 'file_places', detail: { message: String(error.detail.message) } });
  }
}
