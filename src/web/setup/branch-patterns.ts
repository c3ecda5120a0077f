import { isGitRef } from '../../model/git-ref.ts';
import type { Page } from '../page.ts';

const MOST = 20;

/** Patterns of branches as typed, one per line; a wrong line is refused at the field. */
export function patternsOf(page: Page, field: string, text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const wrong = lines.findIndex((line) => line !== '' && !isPattern(line));
  if (wrong >= 0) page.refuse({ field, code: 'branch_pattern', detail: { line: wrong + 1 } });
  const patterns = [...new Set(lines.filter(Boolean))];
  if (patterns.length > MOST) page.refuse({ field, code: 'too_many_patterns', detail: { maximum: MOST } });
  return patterns;
}

/** What would name a branch, were its stars letters. */
function isPattern(text: string): boolean {
  return text.length <= 200 && isGitRef(text.replaceAll('*', 'x'));
}
