import type { LiveState } from './process.ts';

/**
 * service: a placement · host: a machine that does not answer · supervisor: its supervisord · disk: one of its disks is
 * nearly full · disk-full: and urgently so · sweep: nobody looks.
 */
export const alarmKinds = ['service', 'host', 'supervisor', 'disk', 'disk-full', 'sweep'] as const;
export type AlarmKind = (typeof alarmKinds)[number];

/** A project that is concerned, as mutes and routes know it. */
export type Place = {
  projectId: string;
  projectKey: string;
  groupId: string;
  environment: string;
  production: boolean;
};

/** What an alarm is about. A service has one place, a machine those of everything on it, the sweep none. */
export type Subject = {
  /** `service:<placement>`, `host:<host>`, `supervisor:<host>`, `disk:<host>`, `disk-full:<host>` or `sweep`. */
  key: string;
  kind: AlarmKind;
  hostId: string | null;
  hostName: string | null;
  places: Place[];
};

/** Something that is bad, as it was last recorded. Times are epoch ms by the database's clock. */
export type Trouble = Subject & {
  state: LiveState;
  message: string | null;
  badSince: number;
  /** Looks in a row that found it bad. */
  looks: number;
  /** Services of a machine that are down with it. */
  services: number;
  /** It changes again and again. */
  flapping: boolean;
};

/** The last operation that had ended on a service's machine when it went bad. */
export type Suspect = { operationId: string; endedAt: number };

export type Alarm = Subject & {
  id: string;
  state: LiveState;
  message: string | null;
  badSince: number;
  openedAt: number;
  services: number;
  flapping: boolean;
  endedAt: number | null;
  ending: Ending | null;
  acknowledgedAt: number | null;
  acknowledgedBy: string | null;
  note: string | null;
  suspect: Suspect | null;
};

/** Why an alarm ended: it is well · somebody stopped it · it is not placed there any more. */
export const endings = ['well', 'stopped', 'gone'] as const;
export type Ending = (typeof endings)[number];
