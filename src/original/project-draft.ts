import { parseGitUrl } from '../model/git-address.ts';
import { isGitRef } from '../model/git-ref.ts';
import { defaultProjectSettings, projectKey, projectName, projectSettingsSchema } from '../model/project.ts';
import { notes } from '../model/typed-text.ts';
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

/**
 * As the form of projects would read it.
 * @param own addresses of this installation's own database
 * @throws NotTaken
 */
export function draftOf(
  old: OldProject,
  settings: OriginalSettings,
  own: readonly string[],
): Draft & { shape: ProjectType } {
  const name = projectName.safeParse(old.name);
  if (!name.success) throw new NotTaken('the name may hold only a-z, 0-9, dash and underscore');
  if (projectKey(old.environment, old.name) !== old.key)
    throw new NotTaken('its key is not environment_name, so its folder on the hosts would be another one');
  const type = typeOf(old.type);
  if (!isGitRef(old.branch)) throw new NotTaken('its branch is none that git could have');
  const port = type.usesPort ? portOf(old, type) : null;
  return {
    ...{ name: old.name, environment: old.environment, type: type.name, port, branch: old.branch },
    gitUrl: gitUrlOf(old, settings, own),
    settings: settingsOf(old, type, port),
    notes: notesOf(old),
    shape: type,
  };
}

function typeOf(word: string): ProjectType {
  const name = types[word] ?? word;
  const type = projectTypes.find((candidate) => candidate.name === name);
  if (!type) throw new NotTaken('there is no such type');
  return type;
}

function portOf({ port }: OldProject, type: ProjectType): number | null {
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) {
    if (type.needsPort) throw new NotTaken('its type needs a port');
    return null;
  }
  const others = type.otherPorts?.(number) ?? [];
  if (others.some((other) => other < 1)) throw new NotTaken('its port is too low for its type');
  return number;
}

function gitUrlOf({ git }: OldProject, settings: OriginalSettings, own: readonly string[]): string {
  const { allowInsecureGit: allowInsecure, allowLoopback } = settings;
  try {
    return parseGitUrl(git, { allowInsecure, allowLoopback, own }).url;
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
  const free = config.replace(/^[ \t]*#config list[ \t\r]*$/m, '').trim();
  const all = [remarks, free].filter((part) => part !== '').join('\n\n');
  const read = notes().safeParse(all);
  if (read.success) return read.data;
  throw new NotTaken('its remarks and configuration are longer than 4000 characters, or no text');
}
