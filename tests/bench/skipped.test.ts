import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const empty = mkdtempSync(join(tmpdir(), 'cedar-empty-'));
afterAll(() => rmSync(empty, { recursive: true }));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** A benchmark as `npm run bench:<name>` starts it, to its end. */
async function bench(name: string, argv: string[], env: NodeJS.ProcessEnv) {
  const words = ['--import', 'tsx', join(root, `bench/${name}.ts`), ...argv];
  const child = spawn(process.execPath, words, { cwd: root, env: { ...process.env, ...env } });
  running.push(child);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk) => {
      said[stream] += chunk;
    });
  const code = await new Promise((resolve) => child.once('close', resolve));
  const report = JSON.parse(said.stdout.trim().split('\n').at(-1) ?? '');
  return { code, report, stderr: said.stderr };
}

test('a part that cannot be measured says why in its row, and the others are measured', async () => {
  const sizes = ['--real=1', '--fakes=3', '--many=0', '--rounds=1'];
  const { code, report, stderr } = await bench('sweep', sizes, { PATH: empty });
  expect([code, report.bench], stderr).toEqual([0, 'sweep']);
  const [real, ...fakes] = report.rows;
  expect(real).toEqual({ name: '1 real machines', skipped: 'spawn ssh ENOENT' });
  expect(stderr).toMatch(/Error: spawn ssh ENOENT\n\s+at /);
  expect(fakes.map(({ name }: { name: string }) => name)).toContain('3 machines, steady, s');
  for (const row of fakes) expect(row).toMatchObject({ ours: expect.any(Number), bar: expect.any(Number) });
}, 120_000);

test.each([
  ['pages', 'pages of a large house'],
  ['logs', 'lines until they are at 500 viewers'],
  ['rest', 'memory at rest'],
])(
  'bench:%s ends well with its line of JSON where it cannot even begin',
  async (name, part) => {
    const { code, report, stderr } = await bench(name, [], {
      TMPDIR: '/dev/null/none',
      TSX_DISABLE_CACHE: '1',
    });
    const why = expect.stringContaining('ENOTDIR');
    expect([code, report], stderr).toEqual([0, { bench: name, rows: [{ name: part, skipped: why }] }]);
    expect(stderr).toMatch(/Error: ENOTDIR[^\n]*\n\s+at /);
  },
  60_000,
);
