import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { built } from '../../scripts/build.mjs';
import { root as own } from '../house/source.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cedar-build-'));
  for (const folder of ['src', 'scripts', 'migrations']) mkdirSync(join(root, folder));
  write('package.json', '{"type":"module"}');
  write('package-lock.json', '{}');
  write('scripts/compile.mjs', '');
  write('src/word.ts', "export const word: string = 'one';\n");
  write('src/said.json', '"here"');
  write(
    'src/main.ts',
    `import { readFileSync } from 'node:fs';
import { word } from './word.ts';

type Never = { seen: true };
const said = readFileSync(import.meta.dirname + '/said.json', 'utf8');
console.log(word, JSON.parse(said) satisfies string);
`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string) => writeFileSync(join(root, path), text);
const node = promisify(execFile);
/** What src/main.ts prints, as `scripts/load.mjs` would load it. */
async function printed(): Promise<string> {
  return (await node(process.execPath, [join(built(root), 'src/main.js')])).stdout.trim();
}

test('a changed source is always seen: text, what lies beside it, and one that comes or goes', async () => {
  expect(await printed()).toBe('one here');
  write('src/word.ts', "export const word: string = 'two';\n");
  expect(await printed()).toBe('two here');
  write('src/said.json', '"there"');
  expect(await printed()).toBe('two there');
  const before = built(root);
  write('migrations/1_first.ts', 'export const up = 1;\n');
  expect(built(root)).not.toBe(before);
  rmSync(join(root, 'migrations/1_first.ts'));
  expect(built(root)).toBe(before);
  rmSync(join(root, 'src/word.ts'));
  await expect(printed()).rejects.toThrow('word');
});

test('many that compile at once, and one that was killed half-way, leave one whole build', async () => {
  mkdirSync(join(root, 'build/.new-killed/src'), { recursive: true });
  const program = `import { built } from '${join(own, 'scripts/build.mjs')}'; console.log(built('${root}'));`;
  const one = () => node(process.execPath, ['--input-type=module', '-e', program]);
  const told = await Promise.all([one(), one(), one()]);
  expect(new Set(told.map(({ stdout }) => stdout.trim()))).toEqual(new Set([built(root)]));
  expect(readdirSync(join(root, 'build'))).toHaveLength(2);
  expect(await printed()).toBe('one here');
});

test('what cannot be compiled runs nothing', () => {
  built(root);
  write('src/word.ts', 'export const word = ;\n');
  expect(() => built(root)).toThrow('could not be compiled');
});

test('a stack trace names the place in the source', async () => {
  write('src/word.ts', "type A = 1;\n\n\nexport const word = new Error('x').stack as string;\n");
  write('src/main.ts', "import { word } from './word.ts';\nconsole.log(word);\n");
  const program = `import { tellSourcePlaces } from '${join(own, 'scripts/places.mjs')}';
    tellSourcePlaces();
    await import('${join(built(root), 'src/main.js')}');`;
  const { stdout } = await node(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout.split('\n').slice(0, 2)).toEqual(['Error: x', `    at file://${root}/src/word.ts:4:21`]);
});
