import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holds, standings } from '../tests/security/standing.ts';

/** The scoreboard of docs/security.md: runs the tests whose titles carry `[S<n>]`, and says how each row stands. */
const root = join(import.meta.dirname, '..');
const dir = mkdtempSync(join(tmpdir(), 'cedar-bar-'));
const file = join(dir, 'report.json');
await vitest(taggedFiles());
const all = standings(testsOf(file));
rmSync(dir, { recursive: true });

for (const row of all)
  console.log(`${row.id.padEnd(4)} ${mark(row)} ${String(row.tests).padStart(3)}  ${row.says}`);
const open = all.filter((row) => row.open !== null);
if (open.length > 0) console.log('\nOpen:');
for (const row of open) console.log(`${row.id}: ${row.open}${row.reason ? ` (${row.reason})` : ''}`);
const passed = all.length - open.length;
console.log(`\n${passed} / ${all.length}`);
console.log(JSON.stringify({ bar: 'security', passed, total: all.length, open: open.map(({ id }) => id) }));
process.exit(holds(all) ? 0 : 1);

function mark(row) {
  if (row.open === null) return 'proven';
  return row.tests > 0 ? 'FAILS ' : 'open  ';
}

function taggedFiles() {
  return readdirSync(join(root, 'tests'), { recursive: true })
    .filter((path) => path.endsWith('.test.ts') && path !== join('security', 'rows.test.ts'))
    .map((path) => join('tests', path))
    .filter((path) => /\[S\d+\]/.test(readFileSync(join(root, path), 'utf8')));
}

function vitest(files) {
  const words = ['run', '-t', '\\[S\\d+\\]', '--passWithNoTests', '--reporter=json', `--outputFile=${file}`];
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [program, ...words, ...files], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('exit', resolve));
}

/** A run that left no report proves nothing; a file that could not be loaded has no tests that passed. */
function testsOf(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return report.testResults
      .flatMap((each) => each.assertionResults)
      .filter(({ fullName }) => /\[S\d+\]/.test(fullName));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
