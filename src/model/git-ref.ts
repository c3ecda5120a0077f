import { CedarError } from '../errors.ts';

/** Letters of any script, digits and what branches are commonly named with; first a letter, digit or `_`. */
const WORDS = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_./@+#-]{0,199}$/u;
const SPECIAL = new Set(['HEAD', 'FETCH_HEAD', 'ORIG_HEAD', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'refs']);

/**
 * True for a branch, a tag or a commit that may be asked for (S39): narrower than git's own rules
 * (git-check-ref-format), and never anything that git could take for an option, a range or a special name.
 */
export function isGitRef(text: string): boolean {
  if (!WORDS.test(text) || SPECIAL.has(text)) return false;
  if (text.includes('..') || text.includes('@{') || text.endsWith('.')) return false;
  const parts = text.split('/');
  if (parts[0] === 'refs') return false;
  return parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** True for a whole commit name: 40 hexadecimal digits, in lower case. */
export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** The same text. @throws CedarError `git_ref` (422) for what `isGitRef` refuses. */
export function checkedRef(text: string): string {
  if (!isGitRef(text)) throw new CedarError('git_ref', { ref: text.slice(0, 80) }, 422);
  return text;
}

/** The same text. @throws CedarError `git_commit` (422) for what is no whole commit name. */
export function checkedCommit(text: string): string {
  if (!isCommit(text)) throw new CedarError('git_commit', { commit: text.slice(0, 80) }, 422);
  return text;
}
