import { CedarError } from '../../errors.ts';
import { hasText } from '../../i18n/index.ts';
import type { Page } from '../page.ts';
import { clockOf } from '../time.ts';

/** What was asked for cannot be had now: a sentence for the person, and the status to answer with. */
export type Refusal = { message: string; status: number };

/** Why an operation was not started. Anything that is not ours to explain is thrown on. */
export function refusalOf(page: Page, error: unknown): Refusal {
  if (!(error instanceof CedarError) || !hasText(`error.${error.code}`)) throw error;
  return { message: refusalText(page, error), status: error.status };
}

/** An error of ours as a sentence. One without a text stands for itself. */
export function refusalText(page: Page, { code, detail }: Pick<CedarError, 'code' | 'detail'>): string {
  return hasText(`error.${code}`) ? page.t(`error.${code}`, readable(page, detail)) : code;
}

/** What an error's text is filled with, as a person reads it. */
export function readable(page: Page, detail: CedarError['detail']): Record<string, string | number> {
  const { when } = clockOf(page.language, page.person?.timeZone ?? null);
  const words: Record<string, string | number> = { ...detail };
  for (const name of ['since', 'until'])
    if (typeof detail[name] === 'number') words[name] = when(detail[name]);
  if (hasText(`kind.${detail.kind}`)) words.kind = page.t(`kind.${detail.kind}`);
  return words;
}
