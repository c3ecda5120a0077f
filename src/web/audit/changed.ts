import { unifiedDiff } from '../../model/unified-diff.ts';
import type { SealedRow } from '../../store/audit-rows.ts';

const kinds = { '+': 'came', '-': 'went', ' ': 'stayed' } as const;
export type Line = { mark: keyof typeof kinds; kind: (typeof kinds)[keyof typeof kinds]; text: string };

/** What a row changed, line by line: facts that went, facts that came, and what stayed beside them. */
export function changedLines({ before, after }: SealedRow): Line[] {
  const [was, is] = [linesOf(before), linesOf(after)];
  if (was === is) return was.split('\n').flatMap((text) => (text ? [lineOf(` ${text}`)] : []));
  return unifiedDiff(was, is)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('@@'))
    .map(lineOf);
}

function lineOf(line: string): Line {
  const mark = line[0] as Line['mark'];
  return { mark, kind: kinds[mark], text: line.slice(1) };
}

/** One fact a line, without the braces around them. */
function linesOf(json: string | null): string {
  const value: unknown = json === null ? {} : JSON.parse(json);
  if (value === null || typeof value !== 'object') return `${JSON.stringify(value)}\n`;
  return Object.entries(value)
    .map(([name, fact]) => `${name}: ${JSON.stringify(fact, null, 2)}\n`)
    .join('');
}
