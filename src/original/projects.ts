import { CedarError } from '../errors.ts';
import { settingsInForce } from '../model/host-settings.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { isSupervised } from '../project-types/index.ts';
import * as imported from '../store/imported.ts';
import { databaseAddresses } from '../store/own-address.ts';
import * as projects from '../store/projects.ts';
import { renderForHost } from '../supervisor/render-for-host.ts';
import { type Draft, draftOf, NotTaken } from './project-draft.ts';
import type { OldProject } from './rows.ts';
import type { Taking } from './taking.ts';
import { convertTemplate } from './template.ts';
import type { PlainVariable } from './variables.ts';

/** Takes the projects; gives the ids of all that are here, by key. */
export async function takeProjects(
  taking: Taking,
  groups: Map<string, string>,
  environments: Set<string>,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const old of taking.original.projects) {
    const id = await takeProject(taking, old, groups, environments);
    if (id !== null) ids.set(old.key, id);
  }
  return ids;
}

async function takeProject(
  taking: Taking,
  old: OldProject,
  groups: Map<string, string>,
  environments: Set<string>,
): Promise<string | null> {
  const { trx, findings, settings } = taking;
  const there = await projects.byKey(trx, old.key);
  if (there) {
    findings.add('project', old.key, 'there', 'it is kept as it is');
    return there.id;
  }
  const earlier = await imported.takenAs(trx, 'project', old.key);
  if (earlier !== null) {
    const here = await projects.byId(trx, earlier);
    findings.add('project', old.key, 'there', here ? `it is ${here.key} here` : 'removed here since');
    return here ? earlier : null;
  }
  try {
    const groupId = groups.get(old.group);
    if (!groupId) throw new NotTaken('it belongs to no group');
    if (!environments.has(old.environment)) throw new NotTaken('its environment is not here');
    const { shape, ...draft } = draftOf(old, settings, databaseAddresses(trx));
    const own = isSupervised(shape)
      ? templateOf(taking, old, draft)
      : { template: null, variables: [], why: '' };
    const env = own.variables.map(({ name, value }) => ({
      name,
      value: taking.vault.seal(value),
      secret: false,
    }));
    const { id } = await projects.add(trx, { ...draft, groupId, template: own.template, env });
    await imported.remember(trx, 'project', old.key, id);
    findings.add('project', old.key, own.why === '' ? 'taken' : 'partly', own.why);
    return id;
  } catch (error) {
    if (!(error instanceof NotTaken || error instanceof CedarError)) throw error;
    findings.add('project', old.key, 'left', error.message);
    return null;
  }
}

/** As the page of templates has it. */
const LONGEST = 32_768;

type Own = { template: string | null; variables: PlainVariable[]; why: string };
const typesOwn = (why: string): Own => ({ template: null, variables: [], why });

/** The template in our words where it passes all that templates are checked for; else the type's own. */
function templateOf(taking: Taking, old: OldProject, draft: Draft): Own {
  if (old.supervisor === '') return typesOwn('');
  const { user, hostPath, logPath } = taking.settings;
  const converted = convertTemplate(old.supervisor, {
    ...{ $HOST_PATH$: `${hostPath}/`, $supervisor_log_path$: logPath, $USER$: user },
    ...{ $environment$: old.environment, $project$: old.name, $port$: String(draft.port ?? 0) },
  });
  if (!converted || converted.template.length > LONGEST)
    return typesOwn("its template cannot be rewritten: the type's own is used");
  const problem = problemOf(taking, old, draft, converted.template);
  if (problem) return typesOwn(`its template is refused (${problem}): the type's own is used`);
  const dropped = converted.dropped.filter((name) => !['user', 'loglevel'].includes(name));
  const why = dropped.length > 0 ? `left out of its template: ${dropped.join(', ')}` : '';
  return { template: converted.template, variables: converted.variables, why };
}

/** As one host would get it. */
function problemOf(
  { settings, vault }: Taking,
  old: OldProject,
  draft: Draft,
  template: string,
): string | null {
  const { user: sshUser, hostPath, logPath } = settings;
  const project: ProjectSnapshot = {
    ...{ id: '', key: old.key, environment: old.environment, production: true, revision: 1, env: [] },
    ...{
      type: draft.type,
      gitUrl: draft.gitUrl,
      branch: draft.branch,
      port: draft.port,
      settings: draft.settings,
    },
    template,
  };
  const host: HostSnapshot = {
    ...{ hostId: '', placementId: '', name: 'host', address: '192.0.2.1', hostKey: '', processes: 1 },
    ...{ env: [], adoption: null, settings: settingsInForce({ sshUser, hostPath, logPath }, {}) },
  };
  try {
    renderForHost(project, host, vault);
    return null;
  } catch (error) {
    if (error instanceof CedarError) return `${error.detail.problem ?? error.detail.message ?? error.code}`;
    throw error;
  }
}
