import { z } from 'zod';
import type { Setting } from './config-setting.ts';

/** The setting of windows. */
export const windowSettings = {
  windowZone: {
    name: 'CEDAR_WINDOW_ZONE',
    about: 'Time zone of the calendar, and of windows that name no other; an IANA name.',
    schema: z
      .string()
      .refine((name) => isZone(name), 'must be the name of a time zone such as Asia/Shanghai')
      .default('Asia/Shanghai'),
  },
} as const satisfies Record<string, Setting>;

function isZone(name: string): boolean {
  return name === 'UTC' || Intl.supportedValuesOf('timeZone').includes(name);
}
