/** How the streams of one web process behave; times in milliseconds. */
export type LiveSettings = {
  /** How often a watched operation is looked at. */
  intervalMs: number;
  /** How often the fleet is looked at while anybody watches it. */
  fleetMs: number;
  /** A comment is sent so often. */
  beatMs: number;
  /** How often a viewer's session and permission are looked at again; at most 60 s. */
  checkMs: number;
  /** Streams that one person may hold open. */
  perPerson: number;
  /** Bytes held up for a slow reader. */
  maxBuffered: number;
  /** A reader that takes longer over them is taken to the end of the log, with a gap that counts what it missed. */
  stallMs: number;
};

export const liveSettings: LiveSettings = {
  intervalMs: 100,
  fleetMs: 1000,
  beatMs: 15_000,
  checkMs: 20_000,
  perPerson: 30,
  maxBuffered: 1_048_576,
  stallMs: 3000,
};
