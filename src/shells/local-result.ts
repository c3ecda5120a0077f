/** How a local command ended. Exactly one of `code` and `signal` is set where it came to its own end. */
export type LocalResult = {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** More was printed than was kept. */
  truncated: boolean;
};
