import { flag, type Setting, seconds } from './config-setting.ts';

/** Configuration files that come from a URL. */
export const fileSettings = {
  allowInsecureFiles: {
    name: 'CEDAR_ALLOW_INSECURE_FILES',
    about: 'Accept configuration files from plain http:// addresses.',
    schema: flag(false),
  },
  fileSeconds: {
    name: 'CEDAR_FILE_SECONDS',
    about: 'Deadline of fetching one configuration file.',
    schema: seconds(30, 0.2, 600),
  },
} as const satisfies Record<string, Setting>;
