import ts from 'typescript';
import { filesIn, textOf } from '../house/source.ts';

/** A pattern as it stands in the source. */
export type Pattern = { place: string; pattern: RegExp };

/** Every pattern of what runs here and in the browser; and the files that put one together from texts. */
export function patternsOfSource(): { patterns: Pattern[]; made: string[] } {
  const patterns = new Map<string, Pattern>();
  const made: string[] = [];
  for (const path of [...filesIn('src', '.ts'), ...filesIn('public/js', '.js')]) {
    const text = textOf(path);
    if (!/RegExp|\//.test(text)) continue;
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node) && !patterns.has(node.text))
        patterns.set(node.text, { place: `${path} ${node.text}`, pattern: patternOf(node.text) });
      if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'RegExp')
        made.push(path);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { patterns: [...patterns.values()], made };
}

function patternOf(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}

const long = 100_000;
const plain = 'a|1| |\n|\t|-|.|/|a.|a/|1.|a@|a=b |<a>|"|a,|a:|\x1b[| a|\r|(|%|\'|1 |:'.split('|');

/**
 * Texts of 100 KB that a pattern can be slow on: the same over and over, and then what fits nothing; and the same
 * behind the words with which the pattern itself begins.
 */
export function textsFor({ source }: RegExp): string[] {
  const head = /^\^?((?:[\w ,=:<[-]|\\[/[\].$-])+)(?![*+?{|])/.exec(source)?.[1]?.replace(/\\/g, '') ?? '';
  const words = source.match(/[A-Za-z]{3,}/g) ?? [];
  const repeated = (unit: string, before = '', end = '!') =>
    before + unit.repeat(Math.ceil(long / unit.length)) + end;
  return [
    ...plain.flatMap((unit) => [repeated(unit), repeated(unit, '', '\n!')]),
    ...(head === '' ? [] : plain.slice(0, 8).map((unit) => repeated(unit, head))),
    ...words.slice(0, 2).map((word) => repeated(word)),
  ];
}
