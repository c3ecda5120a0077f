import { z } from 'zod';
import { hooksSchema } from './hooks.ts';
import { defaultRegistrySettings, registrySettingsSchema } from './registry-settings.ts';
import { defaultScaling, scalingSchema } from './scaling.ts';
import { defaultStrategy, strategySchema } from './strategy.ts';
import type { Variable } from './variable.ts';

/** S36: the name is part of paths and of supervisor program names. */
export const projectName = z.string().regex(/^[a-z0-9](?:[a-z0-9_-]{0,46}[a-z0-9])?$/, 'name');

/** A path inside a release: relative, no `..`, no control characters, no shell words. */
export const relativePath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_@%+=,][A-Za-z0-9_@%+=:,.-]*(?:\/[A-Za-z0-9_@%+=:,.-]+)*$/, 'path')
  .refine((path) => !path.split('/').some((part) => part === '..' || part === '.'), 'path');

export const projectSettingsSchema = z.strictObject({
  build: z.strictObject({
    /** The only author-written shell; empty: nothing is built. Run by bash with `-eo pipefail` (`sh -e` without bash) in a clean checkout. */
    command: z
      .string()
      .max(8192)
      .regex(/^[^\x00]*$/, 'text'),
    timeoutSeconds: z.coerce.number().int().min(1).max(86_400),
    /** A build that prints nothing for so long is ended. */
    idleSeconds: z.coerce.number().int().min(1).max(86_400),
    /** May the build be run again when its worker's machine died in the middle? */
    repeatable: z.boolean(),
    /** Folder of the checkout that is shipped; empty: all of it. */
    output: z.union([z.literal(''), relativePath]),
  }),
  checks: z.strictObject({
    port: z.boolean(),
    http: z.boolean(),
    /** Path and query only: the host and port are those of the process. */
    path: z
      .string()
      .max(300)
      .regex(/^\/(?!\/)[A-Za-z0-9_./~%&=?+,:@-]*$/, 'http_path'),
    code: z.coerce.number().int().min(100).max(599),
    /** Who connects: the worker, over the network, or the host itself. */
    from: z.enum(['worker', 'host']),
    /** `Name: value` that the answer must carry; empty: none. */
    header: z.union([
      z.literal(''),
      z
        .string()
        .max(300)
        .regex(/^[A-Za-z0-9-]+: [\x20-\x7e]+$/, 'header'),
    ]),
    /** Good answers in a row that count as well. */
    good: z.coerce.number().int().min(1).max(100),
    /** The sweep asks port and http as well, of what runs. */
    sweep: z.boolean(),
    /** After the checks the autotest service is asked, in production and never on a rollback. */
    autotest: z.boolean(),
  }),
  /** Supervisor's startsecs and stopwaitsecs. */
  startSeconds: z.coerce.number().int().min(0).max(3600),
  stopSeconds: z.coerce.number().int().min(1).max(3600),
  /** Files and folders that live beside the releases and are linked into each one. */
  shared: z.array(z.strictObject({ path: relativePath, kind: z.enum(['file', 'folder']) })).max(50),
  /** Good releases to keep; null: as the environment's setting says. */
  keep: z.coerce.number().int().min(1).max(1000).nullable(),
  /** What its type wants to know besides: values of the type's options. */
  options: z.record(z.string(), z.string()),
  hooks: hooksSchema,
  registry: registrySettingsSchema,
  strategy: strategySchema,
  scaling: scalingSchema,
});
export type ProjectSettings = z.output<typeof projectSettingsSchema>;

export const defaultProjectSettings: ProjectSettings = {
  build: { command: '', timeoutSeconds: 1800, idleSeconds: 600, repeatable: false, output: '' },
  checks: {
    port: true,
    http: true,
    path: '/healthcheck',
    code: 200,
    from: 'worker',
    header: '',
    good: 1,
    sweep: false,
    autotest: false,
  },
  startSeconds: 1,
  stopSeconds: 10,
  shared: [],
  keep: null,
  options: {},
  hooks: {},
  registry: defaultRegistrySettings,
  strategy: defaultStrategy,
  scaling: defaultScaling,
};

/** Settings as they were stored, by an earlier version too: what they do not say yet is as by default. */
export function completeSettings(stored: Partial<ProjectSettings>): ProjectSettings {
  const { build, checks, registry, strategy, scaling } = defaultProjectSettings;
  return {
    ...defaultProjectSettings,
    ...stored,
    build: { ...build, ...stored.build },
    checks: { ...checks, ...stored.checks },
    registry: { ...registry, ...stored.registry },
    strategy: { ...strategy, ...stored.strategy },
    scaling: { ...scaling, ...stored.scaling },
  };
}

/** One service in one environment. `key` is `environment_name`, its folder and program name on every host. */
export type Project = {
  id: string;
  environment: string;
  name: string;
  key: string;
  groupId: string;
  type: string;
  gitUrl: string;
  branch: string;
  /** The first process's port; the others count up from it. Null where the type uses none. */
  port: number | null;
  settings: ProjectSettings;
  /** Supervisor template, or null for the type's own. */
  template: string | null;
  env: Variable[];
  notes: string | null;
  /** Counts up with every change: a form saved from an older one is refused. */
  revision: number;
  createdAt: number;
  updatedAt: number;
};

/** The project's folder and program name on a host. */
export function projectKey(environment: string, name: string): string {
  return `${environment}_${name}`;
}
