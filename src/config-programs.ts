import { count, type Setting, seconds } from './config-setting.ts';

/** Settings of the ways in for programs. */
export const programSettings = {
  apiPerMinute: {
    name: 'CEDAR_API_PER_MINUTE',
    about: 'Calls that one token may make in a minute, per web process.',
    schema: count(600, 1, 1_000_000),
  },
  scalingPerMinute: {
    name: 'CEDAR_SCALING_PER_MINUTE',
    about: 'Expansions and reductions that one token may ask for one project in a minute, per web process.',
    schema: count(20, 1, 1_000_000),
  },
  scalingWaitSeconds: {
    name: 'CEDAR_SCALING_WAIT_SECONDS',
    about:
      'How long POST /expansion and POST /reduced wait for the end before they answer 202 with a status address.',
    schema: seconds(600, 0, 86_400),
  },
  reducePercent: {
    name: 'CEDAR_REDUCE_PERCENT',
    about: "Share of a project's hosts that programs may take away within ten minutes; one always may be.",
    schema: count(50, 1, 100),
  },
} as const satisfies Record<string, Setting>;
