import { z } from 'zod';
import { readSchedule } from '../model/schedule.ts';
import type { ProjectType } from './project-type.ts';

const places = ['crontab', 'cron-d'] as const;
const user = z
  .string()
  .trim()
  .regex(/^(?:[a-z_][a-z0-9_-]{0,31})?$/, 'user');

const schedule = z
  .string()
  .max(40_000)
  .superRefine((text, context) => {
    const read = readSchedule(text);
    if (!('wrong' in read)) return;
    const { code, line } = read.wrong;
    context.addIssue({ code: 'custom', message: code, params: { line } });
  });

/** A tree and the times at which cron runs commands in it. */
export const job: ProjectType = {
  name: 'job',
  runtime: 'cron',
  usesPort: false,
  needsPort: false,
  manyProcesses: false,
  template: null,
  options: [
    { name: 'schedule', kind: 'lines', schema: schedule, initial: '' },
    { name: 'place', kind: 'choice', schema: z.enum(places), initial: 'crontab', choices: places },
    { name: 'cron_user', kind: 'line', schema: user, initial: '' },
  ],
  defaultSettings: {},
  defaultChecks: { port: false, http: false, path: '/', code: 200 },
};
