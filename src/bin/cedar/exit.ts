/** What `cedar` ends with: docs/cli.md says the same. Scripts go by these, so none changes its meaning. */
export const exits = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  busy: 4,
  unreachable: 5,
  attention: 6,
} as const;
export type Exit = keyof typeof exits;

/** Ends the command with a sentence on stderr and an exit code. */
export class CommandFailed extends Error {
  readonly exit: Exit;
  /** What the server answered, for `--json`. */
  readonly answer: unknown;

  constructor(exit: Exit, message: string, answer: unknown = null, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
    this.answer = answer;
  }
}

const byState: Record<string, Exit> = { succeeded: 'ok', 'needs-attention': 'attention' };

/** How an operation that is over counts. */
export function exitOf(state: string): Exit {
  return byState[state] ?? 'failed';
}
