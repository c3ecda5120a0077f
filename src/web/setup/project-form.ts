import { z } from 'zod';
import { environmentName } from '../../model/environment.ts';
import { isGitRef } from '../../model/git-ref.ts';
import {
  defaultProjectSettings,
  type Project,
  type ProjectSettings,
  projectName,
  projectSettingsSchema,
  relativePath,
} from '../../model/project.ts';
import type { ProjectType } from '../../project-types/index.ts';
import type { ProjectDraft } from '../../store/projects.ts';
import { checkbox, notes } from '../form.ts';
import type { Judge } from '../judge.ts';
import { judgeGitUrl } from './git-url.ts';
import { optionFirst, optionShape, readOptions } from './options-form.ts';
import { orNone, revision, rowId, whole, wholeOrNone } from './setup-fields.ts';
import { readShared, sharedText } from './shared-paths.ts';

const { build, checks } = projectSettingsSchema.shape;

const settingsShape = {
  groupId: rowId,
  gitUrl: z.string().trim().min(1).max(512),
  branch: z.string().trim().min(1).max(200),
  port: wholeOrNone(1, 65_535),
  command: build.shape.command,
  timeoutSeconds: whole(1, 86_400),
  idleSeconds: whole(1, 86_400),
  repeatable: checkbox,
  output: orNone(relativePath),
  checkPort: checkbox,
  checkHttp: checkbox,
  checkPath: checks.shape.path.optional(),
  checkCode: whole(100, 599).optional(),
  startSeconds: whole(0, 3600).optional(),
  stopSeconds: whole(1, 3600).optional(),
  shared: z.string().max(20_000),
  keep: wholeOrNone(1, 1000),
  notes: notes(),
};
type SettingsForm = z.output<z.ZodObject<typeof settingsShape>>;

/** The form that changes a project of this type. */
export function changeForm(type: ProjectType) {
  return z.object({ revision, ...settingsShape }).extend(optionShape(type.options));
}

/** The form that adds a project of this type. */
export function addForm(type: ProjectType) {
  const identity = { type: z.literal(type.name), environment: environmentName, name: projectName };
  return z.object({ ...identity, ...settingsShape }).extend(optionShape(type.options));
}

/** What a form decides about a project; its template and variables have pages of their own. */
export type FormDraft = Omit<ProjectDraft, 'type' | 'template' | 'env'>;

/** What was typed, judged; each thing wrong is refused at its field. */
export function projectDraft(
  page: Judge,
  form: SettingsForm,
  type: ProjectType,
  before: ProjectSettings = startingSettings(type),
): FormDraft {
  const { url } = judgeGitUrl(page, form.gitUrl);
  if (!isGitRef(form.branch)) page.refuse({ field: 'branch', code: 'git_ref' });
  const port = type.usesPort ? form.port : null;
  if (type.needsPort && port === null) page.refuse({ field: 'port', code: 'required' });
  const lowest = port === null ? [] : (type.otherPorts?.(port) ?? []);
  if (lowest.some((other) => other < 1)) page.refuse({ field: 'port', code: 'port_low' });
  const settings = settingsOf(page, form, type, before);
  if (port === null && (settings.checks.port || settings.checks.http))
    page.refuse({ field: settings.checks.port ? 'checkPort' : 'checkHttp', code: 'check_needs_port' });
  const { groupId, branch } = form;
  return { groupId, gitUrl: url, branch, port, settings, notes: form.notes };
}

function settingsOf(
  page: Judge,
  form: SettingsForm,
  type: ProjectType,
  before: ProjectSettings,
): ProjectSettings {
  const read = readShared(form.shared);
  if ('wrong' in read) return page.refuse(read.wrong);
  const { path, code } = type.defaultChecks;
  const { command, timeoutSeconds, idleSeconds, repeatable } = form;
  return {
    ...before,
    build: { command, timeoutSeconds, idleSeconds, repeatable, output: form.output ?? '' },
    checks: {
      ...before.checks,
      port: type.usesPort && form.checkPort,
      http: type.usesPort && form.checkHttp,
      path: form.checkPath ?? path,
      code: form.checkCode ?? code,
    },
    startSeconds: form.startSeconds ?? before.startSeconds,
    stopSeconds: form.stopSeconds ?? before.stopSeconds,
    shared: read.shared,
    keep: form.keep,
    options: readOptions(page, type.options, form, before.options),
  };
}

/** What a new project of a type starts with. */
export function startingSettings(type: ProjectType): ProjectSettings {
  const { checks } = defaultProjectSettings;
  return { ...defaultProjectSettings, ...type.defaultSettings, checks: { ...checks, ...type.defaultChecks } };
}

/** The form's first values. */
export function projectValues(project: Pick<Project, keyof FormDraft>, type: ProjectType) {
  const { groupId, gitUrl, branch, port, settings } = project;
  return {
    groupId,
    gitUrl,
    branch,
    port,
    command: settings.build.command,
    timeoutSeconds: settings.build.timeoutSeconds,
    idleSeconds: settings.build.idleSeconds,
    repeatable: settings.build.repeatable,
    output: settings.build.output,
    checkPort: settings.checks.port,
    checkHttp: settings.checks.http,
    checkPath: settings.checks.path,
    checkCode: settings.checks.code,
    startSeconds: settings.startSeconds,
    stopSeconds: settings.stopSeconds,
    shared: sharedText(settings.shared),
    keep: settings.keep,
    notes: project.notes,
    ...optionFirst(type.options, settings.options),
  };
}
