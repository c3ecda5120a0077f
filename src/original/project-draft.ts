import { parseGitUrl } from '../model/git-address.ts';
import { isGitRef } from '../model/git-ref.ts';
import { defaultProjectSettings, projectKey, projectName, projectSettingsSchema } from '../model/project.ts';
import { type ProjectType, projectTypes } from '../project-types/index.ts';
import type { ProjectDraft } from '../store/projects.ts';
import type { OldProject } from './rows.ts';
import type { OriginalSettings } from './settings.ts';

/** Why a project cannot be taken, as the report says it. */
export class NotTaken extends Error {}

/** The original's words for the types that are named otherwise here. */
const types: Record<string, string> = { go: 'golang', java: 'java-tomcat', jobs: 'job' };

export type Draft = Omit<ProjectDraft, 'groupId' | 'template' | 'env'> & {
  name: string;
  environment: string;
};

/** @throws NotTaken */
export function draftOf(old: OldProject, settings: OriginalSettings): Draft & { shape: ProjectType } {
  const name = projectName.safeParse(old.name);
  if (!name.success) throw new NotTaken('the name may hold only a-z, 0-9, dash and underscore');
  if (projectKey(old.environment, old.name) !== old.key)
    throw new NotTaken('its key is not environment_name, so its folder on the hosts would be another one');
  const type = typeOf(old.type);
  if (!isGitRef(old.branch)) throw new NotTaken(`"${old.branch}" is no branch`);
  const port = type.usesPort ? portOf(old, type) : null;
  return {
    ...{ name: old.name, environment: old.environment, type: type.name, port, branch: old.branch },
    gitUrl: gitUrlOf(old, settings),
    settings: settingsOf(old, type, port),
    notes: notesOf(old),
    shape: type,
  };
}

function typeOf(word: string): ProjectType {
  const name = types[word] ?? word;
  const type = projectTypes.find((candidate) => candidate.name === name);
  if (!type) throw new NotTaken(`there is no type "${word}"`);
  return type;
}

function portOf({ port }: OldProject, type: ProjectType): number | null {
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number >= 1 && number <= 65_535) return number;
  if (type.needsPort) throw new NotTaken('its type needs a port');
  return null;
}

function gitUrlOf({ git }: OldProject, { allowInsecureGit, allowLoopback }: OriginalSettings): string {
  try {
    return parseGitUrl(git, { allowInsecure: allowInsecureGit, allowLoopback }).url;
  } catch {
    throw new NotTaken('its git address is refused: https://, ssh:// or user@host:path, without a password');
  }
}

function settingsOf(old: OldProject, type: ProjectType, port: number | null) {
  const { build, checks } = defaultProjectSettings;
  const code = Number(old.httpCode);
  const path = old.httpUrl === '' ? checks.path : old.httpUrl;
  const read = projectSettingsSchema.safeParse({
    ...defaultProjectSettings,
    ...type.defaultSettings,
    build: { ...build, ...type.defaultSettings.build, command: old.make },
    checks: {
      ...{ ...checks, ...type.defaultChecks, path },
      port: port !== null && old.checkPort === 'yes',
      http: port !== null && old.checkHttp === 'yes',
      code: code >= 100 && code <= 599 ? code : checks.code,
    },
  });
  if (read.success) return read.data;
  throw new NotTaken(`${read.error.issues[0]?.path.join('.')} cannot be taken as it is`);
}

/** The original's free text, and what was its configuration beside the template. */
function notesOf({ remarks, config }: OldProject): string | null {
  const free = config.replace(/^\s*#config list\s*$/m, '').trim();
  const all = [remarks, free].filter((part) => part !== '').join('\n\n');
  return all === '' ? null : all.slice(0, 20_000);
}
