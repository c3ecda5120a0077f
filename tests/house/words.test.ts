import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesIn, root, textOf } from './source.ts';

const code = ['src', 'migrations', 'scripts'].flatMap((folder) => filesIn(folder, '.ts', '.mjs', '.sh'));
const folderOf = (folder: string, ...endings: string[]) =>
  existsSync(join(root, folder)) ? filesIn(folder, ...endings) : [];
const views = folderOf('views', '.ejs');
const tests = filesIn('tests', '.ts').filter((path) => path !== 'tests/house/words.test.ts');

/** Places where `pattern` stands, as `path:line: text`. */
function places(paths: string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split('\n')
      .map((line, index) => `${path}:${index + 1}: ${line.trim()}`)
      .filter((line) => pattern.test(line)),
  );
}

const gates: [string, string[], RegExp][] = [
  ['no program is started through a shell', [...code, ...tests], /\bshell:\s*(true|['"])/],
  [
    '[S35] nothing runs a command line as one text',
    [...code, ...tests],
    /import\s*{[^}]*\bexec(Sync)?\b[^}]*}\s*from\s*['"](node:)?child_process['"]|child_process\.exec(Sync)?\(/,
  ],
  ['no code is made from text', code, /\beval\(|new Function\(/],
  ['[S50] views escape what they print', views, /<%-(?!\s*include\()/],
  ['views hold no logic of their own', views, /<%\s+(const|let|var|function|while|for)\b/],
  [
    '[S58] views carry neither scripts nor styles of their own',
    views,
    /<script(?![^>]*\bsrc=)|\sstyle="|\son[a-z]+="/,
  ],
  [
    'the compiler is not silenced',
    [...code, ...tests],
    /@ts-(ignore|nocheck|expect-error)|\bas any\s*($|[;,)\].])|: any\b\s*($|[;,)=|[\]}])/,
  ],
  ['nothing is left for later', [...code, ...views, ...tests], /\b(TODO|FIXME|XXX|HACK)\b/],
  ['no error is swallowed', code, /catch(\s*\([^)]*\))?\s*{\s*}|\.catch\(\(\)\s*=>\s*{\s*}\)/],
  ['nothing is rounded off by a test', tests, /(^|\d: )(test|describe|it)\.(only|skip|todo)\b/],
];

test.each(gates)('%s', (_name, paths, pattern) => {
  expect(places(paths, pattern)).toEqual([]);
});

test('the gates see what they look for', () => {
  for (const [name, , pattern] of gates)
    expect(
      examples.some((example) => pattern.test(example)),
      name,
    ).toBe(true);
});

const examples = [
  'x: { shell: true }',
  "import { exec } from 'node:child_process'",
  'eval(text)',
  '<%- name %>',
  '<% const a = 1 %>',
  '<script>alert(1)</script>',
  '(x as any).y',
  '// TODO',
  'catch {}',
  'test.only(',
];

test('every text in another script lives in the locale files', () => {
  const all = [
    ...code,
    ...views,
    ...folderOf('public/js', '.js'),
    ...folderOf('templates', '.liquid'),
    ...filesIn('src/demo/samples/files', ''),
  ];
  expect(places(all, /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/)).toEqual([]);
});

test('files are called after nouns of the trade', () => {
  const vague = /(^|[/-])(utils?|helpers?|managers?|services?|common|base|misc)(-|\.|\/)/;
  expect(code.filter((path) => vague.test(path) && !path.includes('bridge-helper'))).toEqual([]);
});

/** Length is guidance: a table may be long, and cutting a file in two to pass a number helps nobody. */
test('files are short', () => {
  const lengths = filesIn('src', '.ts')
    .map((path) => ({ path, lines: textOf(path).trimEnd().split('\n').length }))
    .sort((a, b) => b.lines - a.lines);
  const long = lengths.filter(({ lines }) => lines > 150);
  expect(long.length, JSON.stringify(long)).toBeLessThanOrEqual(lengths.length * 0.05);
  expect(lengths.filter(({ lines }) => lines > 250)).toEqual([]);
  expect(lengths[Math.floor(lengths.length / 2)]?.lines).toBeLessThanOrEqual(70);
});
