import { expect, test } from 'vitest';
import { filesIn, type Import, importsOf } from './source.ts';

/** The floors of docs/architecture.md: a file may import from its own floor and from those below. */
const floors: [number, RegExp][] = [
  [5, /^src\/(bin|demo)\//],
  [4, /^src\/web\//],
  [3, /^src\/(deploy|health|alarms|questions|original)\//],
  [
    2,
    /^src\/(store|shells|git|builds|supervisor|runtimes|project-types|registries|notify)\/|^src\/config(-\w+)?\.ts$/,
  ],
  [1, /^src\/(model|commands|auth|i18n)\/|^src\/(errors|logger)\.ts$/],
];

const files = filesIn('src', '.ts');
const imports = files.flatMap(importsOf).filter(({ to }) => to.startsWith('src/'));
const shown = ({ from, to }: Import) => `${from} -> ${to}`;

function floorOf(path: string): number {
  return floors.find(([, pattern]) => pattern.test(path))?.[0] ?? 0;
}

test('the imports are read as they stand', () => {
  expect(importsOf('src/store/database.ts')).toContainEqual({
    from: 'src/store/database.ts',
    to: 'src/store/embedded-client.ts',
    typesOnly: false,
  });
  expect(imports.length).toBeGreaterThan(files.length / 2);
});

test('every file lives on a floor', () => {
  expect(files.filter((file) => floorOf(file) === 0)).toEqual([]);
});

test('imports go down only', () => {
  expect(imports.filter(({ from, to }) => floorOf(to) > floorOf(from)).map(shown)).toEqual([]);
});

test('there is no circle', () => {
  const next = new Map(
    files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)]),
  );
  expect(circle(next)).toEqual([]);
});

test('a circle would be found', () => {
  const next = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(circle(next)).toEqual(['b', 'c', 'b']);
});

const nevers: [string, RegExp, RegExp][] = [
  ['a step knows no store', /^src\/deploy\/steps\//, /^src\/store\//],
  ['the store knows neither engine nor pages', /^src\/store\//, /^src\/(deploy|web)\//],
  ['a page starts no engine', /^src\/web\//, /^src\/(shells|git|builds)\//],
];

test.each(nevers)('%s', (_name, from, to) => {
  expect(imports.filter((one) => from.test(one.from) && to.test(one.to)).map(shown)).toEqual([]);
});

test('only bin and demo read the settings; others take what they need', () => {
  const readers = imports.filter(
    ({ from, to, typesOnly }) =>
      /^src\/config(-\w+)?\.ts$/.test(to) &&
      !typesOnly &&
      floorOf(from) < 5 &&
      !from.startsWith('src/config'),
  );
  expect(readers.map(shown)).toEqual([]);
});

test('whatever the web loads, it opens no ssh and starts no program', () => {
  const reached = new Set<string>();
  const queue = files.filter((file) => file.startsWith('src/web/'));
  for (let file = queue.pop(); file; file = queue.pop()) {
    const loaded = importsOf(file).filter(({ to, typesOnly }) => !typesOnly && !reached.has(to));
    for (const { to } of loaded) {
      reached.add(to);
      if (files.includes(to)) queue.push(to);
    }
  }
  const dangerous = /^(ssh2|simple-git|(node:)?child_process)$|^src\/(shells|git|builds)\//;
  expect([...reached].filter((one) => dangerous.test(one))).toEqual([]);
});

/** The first circle found, its first file repeated at the end; empty where there is none. */
function circle(next: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const walk = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const to of next.get(file) ?? []) {
      const found = walk(to, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of next.keys()) {
    const found = walk(file, []);
    if (found.length > 0) return found;
  }
  return [];
}
