/** A value inside a text: a word as it is, another text, or an instant (epoch ms). */
export type SaidDetail = string | number | Said | { at: number };

/**
 * A text of the locale files, said in the installation's language when it is sent. `or`: the text where there is
 * none of that key (texts that are named by data).
 */
export type Said = { key: string; or?: string; detail?: Record<string, SaidDetail> };

/** A line of what people are told; `path`: where the console tells more of this very line. */
export type ToldLine = Said & { path?: string };

/** What people are told: a heading, some lines, and where to read more (a path of the console). */
export type Told = {
  title: Said;
  lines: ToldLine[];
  path: string | null;
  /** Bad news: the people whom the channel's settings name are called by name. */
  urgent?: boolean;
};

/** Who is told: the robot that an admin chose for a group, or the one of the SRE team. */
export type Audience = 'sre' | { group: string };

/** What a webhook is told; docs/webhooks.md promises this shape. Times are ISO 8601 in UTC. */
export type ChangeEvent = {
  /** `operation.<state>`, `ticket.<change>`, or `test`. */
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
  /** Where the console shows it; becomes `data.url`. */
  path: string | null;
};

/** What a notice carries: a text for people, or a change of an operation or ticket for programs. */
export type NoticeBody = { told: Told; event?: undefined } | { event: ChangeEvent; told?: undefined };

export const noticeStates = ['waiting', 'sent', 'undelivered'] as const;
export type NoticeState = (typeof noticeStates)[number];

export type Notice = {
  id: string;
  channelId: string;
  topic: string;
  body: NoticeBody;
  operationId: string | null;
  ticketId: string | null;
  state: NoticeState;
  attempts: number;
  /** Not to be put into one message with others: such a message was refused once. */
  alone: boolean;
  createdAt: number;
  nextAt: number;
  endedAt: number | null;
  /** Why it was not sent, so far or for good. */
  reason: string | null;
};

/** One try to send a notice. `together`: how many notices that message carried. */
export type NoticeAttempt = {
  at: number;
  ms: number | null;
  /** The HTTP status; null without an answer. */
  code: number | null;
  together: number;
  result: 'begun' | 'sent' | 'later' | 'refused';
  answer: string;
};
