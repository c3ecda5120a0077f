/** How an operation came to be let begin; kept with it. */
export type Admission = {
  via: 'web' | 'api' | 'worker' | 'cli';
  /** Username as the audit names it: a person's, `token:<owner>/<name>` or `webhook:<forge>`. */
  by: string;
  /** The token of the program that asked. */
  tokenId: string | null;
  /** The rules that would have refused it, and why an admin let it pass them. */
  passed: Passed | null;
};

/** Names of gates, and an admin's reason to go past them. */
export type Passed = { gates: string[]; reason: string };
