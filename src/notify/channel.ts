import type { Translate } from '../i18n/index.ts';
import type { ChangeEvent } from '../model/notice.ts';
import type { Option, OptionValues } from '../model/option.ts';
import type { Line } from './line.ts';

/** A notice, said: what a channel is given to send. */
export type Message = {
  /** The notice's id, the same for every try; a digest carries one made of those of its notices. */
  id: string;
  title: string;
  lines: Line[];
  link: string | null;
  urgent: boolean;
  /** Notices in it: more than one in a digest. */
  together: number;
  /** The change, for channels that tell programs. */
  event: ChangeEvent | null;
};

/** What an answer was, in words for the page; never holds a secret. */
export type Answer = { code: number | null; text: string };

/** What a channel works with besides its own settings. */
export type Means = {
  t: Translate;
  /** Public address of the console; empty where none is configured. */
  baseUrl: string;
  /** Hosts at which a robot may be reached. */
  robotHosts: readonly string[];
  /** Mail servers that may be on this machine, or be reached without TLS. */
  mailHosts: readonly string[];
  allowLoopback: boolean;
  /** Machines of our own that nothing is sent to. */
  own: readonly string[];
  /** Milliseconds for one try. */
  deadlineMs: number;
};

/** One way to tell people or programs something. A file each, and a line in index.ts; docs/adding-a-channel.md. */
export type Channel = {
  name: string;
  /** Who hears it: people get texts of operations by audience, programs each change of an operation. */
  hears: 'people' | 'programs';
  options: readonly Option[];
  /** The most messages of one channel in a minute; null: as many as there are. */
  perMinute: number | null;
  /** And in a second, where that is a measure of its own. */
  perSecond?: number;
  /** The option by which two channels are the same one: it may be entered once, for `perMinute` is its measure. */
  identity?: string;
  /** Judges settings beyond what each option's schema says: the name of a wrong option and a `field.` code, or null. */
  problem?(values: OptionValues, means: Omit<Means, 't' | 'deadlineMs' | 'baseUrl'>): Problem | null;
  /** Sends. @throws NotSent */
  send(message: Message, values: OptionValues, means: Means): Promise<Answer>;
};

export type Problem = { option: string; code: string };

/** A message that was not sent. Permanent: no other try can mend it. */
export class NotSent extends Error {
  readonly permanent: boolean;
  readonly code: number | null;
  /** The channel wants to be left alone for so long; 0: no wish. */
  readonly waitMs: number;

  constructor(why: string, permanent: boolean, code: number | null = null, waitMs = 0) {
    super(why);
    this.permanent = permanent;
    this.code = code;
    this.waitMs = waitMs;
  }
}
