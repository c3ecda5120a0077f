import { CedarError } from '../errors.ts';
import { LocalError, lastLines } from '../shells/local-error.ts';

/** What a git command said when it failed, from the most telling to the least; the first that fits counts. */
const SIGNS = [
  ['host_key', /ssh_host-key/],
  [
    'auth',
    /ssh_auth|Authentication failed|could not read (?:Username|Password)|Permission denied|HTTP.* 40[13]/,
  ],
  ['disk_full', /No space left on device|Disk quota exceeded/],
  [
    'unreachable',
    /ssh_(?:unreachable|refused|deadline|lost|channels|algorithms)|Could not resolve|[Cc]onnection/,
  ],
  [
    'unreachable',
    /Failed to connect|Couldn't connect|timed out|too slow|The requested URL returned error: 5/,
  ],
  [
    'missing',
    /does not appear to be a git repository|[Rr]epository .*not (?:found|exist)|error: 404|not found/,
  ],
  [
    'corrupt',
    /corrupt|not a git repository|not exist|unable to (?:read|parse|open|load)|bad (?:object|tree|config)/,
  ],
  [
    'corrupt',
    /could not (?:parse|read|open|get)|missing (?:blob|tree|commit|object)|inflate|packfile|pack has bad/,
  ],
  ['corrupt', /is too small|is empty|far too short|invalid sha1 pointer|broken|unpack tree object|malformed/],
] as const;

export type GitErrorKind = (typeof SIGNS)[number][0] | 'deadline' | 'aborted' | 'failed';

/** A git command that failed. Its code is `git_<kind>`; detail: url, tail. */
export class GitError extends CedarError {
  readonly kind: GitErrorKind;

  constructor(kind: GitErrorKind, url: string, said: string, cause?: unknown) {
    super(`git_${kind}`, { url, tail: lastLines(said) }, 502, { cause });
    this.name = 'GitError';
    this.kind = kind;
  }
}

/** The error for what git said on stderr. What the server said (`remote:`) decides only about the server. */
export function gitError(url: string, said: string): GitError {
  const ours = said.replace(/^remote:.*$/gm, '');
  const sign = SIGNS.find(([kind, words]) => words.test(kind === 'corrupt' ? ours : said));
  return new GitError(sign?.[0] ?? 'failed', url, said);
}

/** The error for a git command that was ended before its time. */
export function cutOff(url: string, error: unknown): unknown {
  if (!(error instanceof LocalError) || error.kind === 'missing') return error;
  const kind = error.kind === 'aborted' ? 'aborted' : 'deadline';
  return new GitError(kind, url, error.result.stderr, error);
}
