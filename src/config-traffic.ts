import { z } from 'zod';
import { count, type Setting, seconds } from './config-setting.ts';

/** Settings of checks and of service registries. */
export const trafficSettings = {
  portTries: { name: 'CEDAR_PORT_TRIES', about: 'Attempts of the port check.', schema: count(60, 1, 10_000) },
  portEverySeconds: {
    name: 'CEDAR_PORT_EVERY_SECONDS',
    about: 'Pause between two attempts of the port check.',
    schema: seconds(2),
  },
  httpTries: { name: 'CEDAR_HTTP_TRIES', about: 'Attempts of the http check.', schema: count(30, 1, 10_000) },
  httpEverySeconds: {
    name: 'CEDAR_HTTP_EVERY_SECONDS',
    about: 'Pause between two attempts of the http check.',
    schema: seconds(2),
  },
  expansionTries: {
    name: 'CEDAR_EXPANSION_TRIES',
    about: 'Attempts to reach the ssh of a machine that joins a project.',
    schema: count(5, 1, 1000),
  },
  expansionEverySeconds: {
    name: 'CEDAR_EXPANSION_EVERY_SECONDS',
    about: 'Pause between two of these attempts.',
    schema: seconds(5),
  },
  stableSeconds: {
    name: 'CEDAR_STABLE_SECONDS',
    about: 'Beyond its startsecs, a restarted process must stay up with the same pid for so long.',
    schema: seconds(5, 0, 3600),
  },
  registerTries: {
    name: 'CEDAR_REGISTER_TRIES',
    about: 'Attempts to put a process back into its service registry; then it is an alarm.',
    schema: count(10, 1, 1000),
  },
  registerEverySeconds: {
    name: 'CEDAR_REGISTER_EVERY_SECONDS',
    about: 'Pause between two attempts to put a process back into its service registry.',
    schema: seconds(2),
  },
  leftOutSeconds: {
    name: 'CEDAR_LEFT_OUT_SECONDS',
    about:
      'A process that is out of traffic, without an operation at work on it, is told as an alarm after so long.',
    schema: seconds(60, 0.1),
  },
  autotestUrl: {
    name: 'CEDAR_AUTOTEST_URL',
    about:
      'Address of the autotest service, asked in production by projects that want it. Empty: there is none. See docs/checks.md.',
    schema: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
  },
  autotestSeconds: {
    name: 'CEDAR_AUTOTEST_SECONDS',
    about: 'Deadline of one autotest.',
    schema: seconds(300, 0.1, 86_400),
  },
} as const satisfies Record<string, Setting>;
