import { z } from 'zod';
import { count, type Setting } from './config-setting.ts';

/** Settings of builds and of what else projects run on the deploy machine. */
export const buildSettings = {
  buildEnv: {
    name: 'CEDAR_BUILD_ENV',
    about:
      'Further variables of every build, as NAME=value separated by spaces (package mirrors, JAVA_HOME).',
    schema: z.string().default(''),
  },
  buildPath: {
    name: 'CEDAR_BUILD_PATH',
    about: 'PATH of every build.',
    schema: z.string().min(1).default('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'),
  },
  buildIsolation: {
    name: 'CEDAR_BUILD_ISOLATION',
    about:
      'What keeps builds from the worker and from each other: user, sandbox (bubblewrap) or none. auto: user where CEDAR_BUILD_USER is set, else sandbox where it works, else none (docs/build-isolation.md).',
    schema: z.enum(['auto', 'user', 'sandbox', 'none']).default('auto'),
  },
  buildUser: {
    name: 'CEDAR_BUILD_USER',
    about: 'Unix user as whom builds run; the worker must run as root.',
    schema: z
      .string()
      .regex(/^([a-z_][a-z0-9_.-]{0,31})?$/, 'must be the name of a unix user')
      .default(''),
  },
  buildFirstGroup: {
    name: 'CEDAR_BUILD_FIRST_GROUP',
    about:
      'With CEDAR_BUILD_USER: the first of the group numbers that projects get for their builds. It and those after it must be free.',
    schema: count(1_900_000_000, 1000, 2_147_000_000),
  },
  buildFolders: {
    name: 'CEDAR_BUILD_FOLDERS',
    about: 'In the sandbox: further folders that builds may read and write, absolute, separated by spaces.',
    schema: z
      .string()
      .regex(/^\s*(?:\/\S*(?:\s+|$))*$/, 'must be absolute paths')
      .default(''),
  },
} as const satisfies Record<string, Setting>;
