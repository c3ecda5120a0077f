import { count, type Setting, seconds } from './config-setting.ts';

/** Settings of sweeps, of their history and of alarms. */
export const healthSettings = {
  sweepSeconds: {
    name: 'CEDAR_SWEEP_SECONDS',
    about: 'Interval of the health sweep; a state older than three intervals is shown as unknown.',
    schema: seconds(30, 0.5, 3600),
  },
  factsSeconds: {
    name: 'CEDAR_FACTS_SECONDS',
    about: 'How often each host is held against what was left there (drift, disks, clock).',
    schema: seconds(300, 0.5, 86_400),
  },
  historyDays: {
    name: 'CEDAR_HEALTH_HISTORY_DAYS',
    about: 'Changes of state and ended alarms are kept for so long.',
    schema: count(90, 31, 3660),
  },
  alarmSeconds: {
    name: 'CEDAR_ALARM_SECONDS',
    about: 'How often a worker decides what is an alarm; 0: only `cedar alarm` does, from cron.',
    schema: seconds(15, 0, 3600),
  },
  alarmRetries: {
    name: 'CEDAR_ALARM_RETRIES',
    about: 'Further looks that must find a thing bad before it is an alarm.',
    schema: count(1, 0, 100),
  },
  alarmSilentSeconds: {
    name: 'CEDAR_ALARM_SILENT_SECONDS',
    about:
      'Where no look at any machine was recorded for so long, and for three intervals of the sweep, that is the alarm.',
    schema: seconds(300, 1, 86_400),
  },
  alarmGapSeconds: {
    name: 'CEDAR_ALARM_GAP_SECONDS',
    about: 'Between two messages of alarms to one channel: what comes in between goes together.',
    schema: seconds(120, 0, 86_400),
  },
  alarmRepeatMinutes: {
    name: 'CEDAR_ALARM_REPEAT_MINUTES',
    about:
      'An alarm that goes on, and that nobody has acknowledged, is told again so often; one that comes back, no more often.',
    schema: count(20, 1, 10_080),
  },
} satisfies Record<string, Setting>;
