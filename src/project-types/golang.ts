import { z } from 'zod';
import { isGitRef } from '../model/git-ref.ts';
import { type Option, orEmpty } from '../model/option.ts';
import { defaultProjectSettings, relativePath } from '../model/project.ts';
import { buildText, type ProjectType, templateText } from './project-type.ts';

const options: Option[] = [
  {
    name: 'package',
    kind: 'line',
    schema: z
      .string()
      .trim()
      .regex(/^\.(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,20}$/, 'go_package'),
    initial: '.',
    builds: true,
  },
  { name: 'config_git_url', kind: 'git', schema: z.string().trim().max(512), initial: '', builds: true },
  {
    name: 'config_branch',
    kind: 'line',
    schema: z.string().trim().refine(isGitRef, 'git_ref'),
    initial: 'main',
    builds: true,
  },
  {
    name: 'config_folder',
    kind: 'line',
    schema: orEmpty(relativePath, 'path'),
    initial: '',
    builds: true,
  },
];

/** `bin/<project> -f etc/<project>.conf`: one program, its configuration from a repository of its own. */
export const golang: ProjectType = {
  name: 'golang',
  runtime: 'supervisor',
  usesPort: true,
  needsPort: false,
  manyProcesses: false,
  template: templateText('golang'),
  build: buildText('golang'),
  prepares: ['fetch-config', 'assemble'],
  options,
  defaultSettings: { build: { ...defaultProjectSettings.build, output: 'deploy-bin' } },
  defaultChecks: { port: true, http: true, path: '/healthcheck', code: 200 },
};
