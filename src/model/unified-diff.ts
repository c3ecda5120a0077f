/** Lines around a change that are shown with it. */
const CONTEXT = 3;

/** Beyond so many lines a text is compared as a whole. */
const MOST = 3000;

type Edit = { mark: ' ' | '-' | '+'; line: string };

/**
 * The change from one text to another as `diff -u` shows it, without its two head lines; empty where they are the same.
 */
export function unifiedDiff(before: string, after: string): string {
  const edits = editsOf(linesOf(before), linesOf(after));
  const changed = edits.flatMap(({ mark }, index) => (mark === ' ' ? [] : [index]));
  return hunksOf(changed, edits.length)
    .flatMap(([from, to]) => [
      head(edits, from, to),
      ...edits.slice(from, to).map((edit) => edit.mark + edit.line),
    ])
    .join('\n');
}

function linesOf(text: string): string[] {
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** By the longest common subsequence: small files, read by people. */
function editsOf(before: string[], after: string[]): Edit[] {
  if (before.length * after.length > MOST * MOST) return [...minus(before), ...plus(after)];
  const width = after.length + 1;
  const longest = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i * width + j] =
        before[i] === after[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  return walk(before, after, (i, j) => longest[i * width + j]!);
}

function walk(before: string[], after: string[], longest: (i: number, j: number) => number): Edit[] {
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      edits.push({ mark: ' ', line: before[i]! });
      [i, j] = [i + 1, j + 1];
    } else if (longest(i + 1, j) >= longest(i, j + 1)) edits.push({ mark: '-', line: before[i++]! });
    else edits.push({ mark: '+', line: after[j++]! });
  }
  return [...edits, ...minus(before.slice(i)), ...plus(after.slice(j))];
}

const minus = (lines: string[]) => lines.map((line): Edit => ({ mark: '-', line }));
const plus = (lines: string[]) => lines.map((line): Edit => ({ mark: '+', line }));

/** From and to of each run of changes with the lines around it; runs that meet are one. */
function hunksOf(changed: number[], length: number): [number, number][] {
  const hunks: [number, number][] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    if (last && index - CONTEXT <= last[1]) last[1] = Math.min(length, index + CONTEXT + 1);
    else hunks.push([Math.max(0, index - CONTEXT), Math.min(length, index + CONTEXT + 1)]);
  }
  return hunks;
}

function head(edits: Edit[], from: number, to: number): string {
  const count = (some: Edit[], not: '-' | '+') => some.filter(({ mark }) => mark !== not).length;
  const [earlier, own] = [edits.slice(0, from), edits.slice(from, to)];
  const side = (not: '-' | '+') => {
    const lines = count(own, not);
    return `${count(earlier, not) + (lines > 0 ? 1 : 0)},${lines}`;
  };
  return `@@ -${side('+')} +${side('-')} @@`;
}
