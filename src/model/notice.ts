/** A text of the locale files, said in the installation's language when it is sent; a detail may be a text itself. */
export type Said = { key: string; detail?: Record<string, string | number | Said> };

/** What people are told: a heading, some lines, and where to read more (a path of the console). */
export type Told = { title: Said; lines: Said[]; path: string | null };

/** Who is told: the robot that an admin chose for a group, or the one of the SRE team. */
export type Audience = 'sre' | { group: string };

/** What a notice carries: a text for people, or a change of an operation for programs. */
export type NoticeBody = { told: Told; event?: undefined } | { event: ChangeEvent; told?: undefined };

/** What a webhook is told; docs/webhooks.md promises this shape. Times are ISO 8601 in UTC. */
export type ChangeEvent = {
  /** `operation.<state>`. */
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
  /** Where the console shows it; becomes `data.url`. */
  path: string;
};

export const noticeStates = ['waiting', 'sent', 'undelivered'] as const;
export type NoticeState = (typeof noticeStates)[number];

export type Notice = {
  id: string;
  channelId: string;
  topic: string;
  body: NoticeBody;
  operationId: string | null;
  state: NoticeState;
  attempts: number;
  /** Not to be put into one message with others: that was refused once. */
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
  code: number | null;
  together: number;
  result: 'sent' | 'later' | 'refused';
  answer: string;
};
