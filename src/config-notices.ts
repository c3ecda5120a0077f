import { z } from 'zod';
import { count, type Setting, seconds } from './config-setting.ts';

/** The settings of what is told to people and programs. */
export const noticeSettings = {
  robotHosts: {
    name: 'CEDAR_ROBOT_HOSTS',
    about:
      'Hosts at which chat robots may be reached, comma separated (a private gateway beside the public one).',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.:[\], -]+$/, 'must be host names, comma separated')
      .default('oapi.dingtalk.com'),
  },
  mailHosts: {
    name: 'CEDAR_MAIL_HOSTS',
    about:
      'Mail servers that may be on this machine or be reached without TLS, comma separated (`localhost, mail.internal:25`).',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.:[\], -]*$/, 'must be host names, comma separated')
      .default(''),
  },
  noticeRetrySeconds: {
    name: 'CEDAR_NOTICE_RETRY_SECONDS',
    about: 'Pause before a notice that could not be sent is tried again; doubles up to ten minutes.',
    schema: seconds(5),
  },
  noticeHours: {
    name: 'CEDAR_NOTICE_HOURS',
    about: 'A notice that could not be sent for so long is given up and shown as undelivered.',
    schema: count(24, 1, 720),
  },
  webhookOffHours: {
    name: 'CEDAR_WEBHOOK_OFF_HOURS',
    about: 'A webhook receiver that failed for so long is switched off.',
    schema: count(72, 1, 8760),
  },
} as const satisfies Record<string, Setting>;
