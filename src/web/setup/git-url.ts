import { CedarError } from '../../errors.ts';
import { type GitAddress, parseGitUrl } from '../../model/git-address.ts';
import { databaseAddresses } from '../../store/own-address.ts';
import type { Judge } from '../judge.ts';

/** Reads a repository's address by this installation's rules; refuses it at its field. */
export function judgeGitUrl(page: Judge, text: string, field = 'gitUrl'): GitAddress {
  const { allowInsecureGit, allowLoopbackHosts } = page.settings;
  try {
    return parseGitUrl(text, {
      allowInsecure: allowInsecureGit,
      allowLoopback: allowLoopbackHosts,
      own: databaseAddresses(page.db),
    });
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    return page.refuse({ field, code: `git_url_${error.detail.reason}` });
  }
}
