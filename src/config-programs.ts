import { z } from 'zod';
import { isAddressRange } from './auth/token.ts';
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
  metricsToken: {
    name: 'CEDAR_METRICS_TOKEN',
    about: 'Bearer token that reads /metrics; at least 24 characters. Empty: none does. See docs/metrics.md.',
    schema: z
      .string()
      .regex(/^(\S{24,200})?$/, 'must have 24 to 200 characters and no spaces')
      .default(''),
    secret: true,
  },
  metricsFrom: {
    name: 'CEDAR_METRICS_FROM',
    about:
      'Addresses or CIDR ranges that read /metrics without a token, comma separated. Empty: none, not even this machine.',
    schema: z
      .string()
      .default('')
      .transform((text) => text.split(',').flatMap((range) => range.trim() || []))
      .refine((ranges) => ranges.every(isAddressRange), 'must be addresses or ranges'),
  },
  reducePercent: {
    name: 'CEDAR_REDUCE_PERCENT',
    about: "Share of a project's hosts that programs may take away within ten minutes; one always may be.",
    schema: count(50, 1, 100),
  },
} as const satisfies Record<string, Setting>;
