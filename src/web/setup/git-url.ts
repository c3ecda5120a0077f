import { CedarError } from '../../errors.ts';
import { type GitAddress, parseGitUrl } from '../../model/git-address.ts';
import { databaseAddresses } from '../../store/own-address.ts';
import type { Page } from '../page.ts';

/** Reads the repository's address in the field `gitUrl`, by this installation's rules; refuses it at the field. */
export function judgeGitUrl(page: Page, text: string): GitAddress {
  const { allowInsecureGit, allowLoopbackHosts } = page.settings;
  try {
    return parseGitUrl(text, {
      allowInsecure: allowInsecureGit,
      allowLoopback: allowLoopbackHosts,
      own: databaseAddresses(page.db),
    });
  } catch (error) {
    if (!(error instanceof CedarError)) throw error;
    return page.refuse({ field: 'gitUrl', code: `git_url_${error.detail.reason}` });
  }
}
