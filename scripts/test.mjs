import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireNode } from './node-version.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensureSystemPackages, forTests } from './system-packages.mjs';

requireNode();
const root = join(import.meta.dirname, '..');
ensureNpmPackages(root, { dev: true });
ensureSystemPackages(forTests);

const dir = mkdtempSync(join(tmpdir(), 'cedar-tally-'));
const file = join(dir, 'tally.json');
const code = await vitest(process.argv.slice(2));
const { passed, failed, skipped } = readTally();
rmSync(dir, { recursive: true });
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(code === 0 && failed === 0 && passed > 0 ? 0 : 1);

function vitest(words) {
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      `--reporter=${join(root, 'scripts/tally.mjs')}`,
      ...words,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, CEDAR_TALLY: file } },
  );
  // Ctrl-C reaches vitest by itself; it ends what its tests have started, and we wait for that
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
}

/** A run that left no tally did not come to its end: that is a failure. */
function readTally() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return { passed: 0, failed: 1, skipped: 0 };
    throw error;
  }
}
