import { hasText, type Translate } from '../i18n/index.ts';
import { seenCode } from '../model/seen-code.ts';

/** What a look at a host found, for people: a code of ours in their language, else the host's own words. */
export function seenWords(t: Translate, message: string | null): string {
  if (message === null) return '';
  const { code, detail } = seenCode(message);
  return hasText(`seen.${code}`) ? t(`seen.${code}`, detail) : message;
}
