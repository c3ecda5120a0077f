import { hasText, type Translate } from '../i18n/index.ts';

/** What a look at a host found, for people: a code of ours in their language, else the host's own words. */
export function seenWords(t: Translate, message: string | null): string {
  if (message === null) return '';
  return hasText(`seen.${message}`) ? t(`seen.${message}`) : message;
}
