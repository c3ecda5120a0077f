import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs `npm ci` where node_modules is missing or is not what package-lock.json says.
 * @param {string} root the project's folder
 * @param {{ dev: boolean }} options dev: the tools of development are needed too
 */
export function ensureNpmPackages(root, { dev }) {
  const why = reason(root, dev);
  if (why === null) return;
  const words = ['ci', ...(dev ? [] : ['--omit=dev'])];
  console.log(`Installing npm packages (npm ${words.join(' ')}): ${why}`);
  const { status } = npm(words, root);
  if (status === 0 && reason(root, dev) === null) return;
  console.error(`npm ${words.join(' ')} failed. Mend what it says above, then try again.`);
  process.exit(1);
}

/** Why node_modules is not what package-lock.json asks for; null where it is. */
export function reason(root, dev) {
  const wanted = read(join(root, 'package-lock.json'));
  const present = read(join(root, 'node_modules/.package-lock.json'));
  if (wanted === null) throw new Error('package-lock.json is missing');
  if (present === null) return 'node_modules is missing';
  const stale = Object.entries(wanted.packages).find(
    ([path, entry]) =>
      path !== '' &&
      !entry.optional &&
      !entry.devOptional &&
      (dev || !entry.dev) &&
      present.packages[path]?.version !== entry.version,
  );
  return stale ? `${stale[0]} is not at ${stale[1].version}` : null;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** The npm that runs us, else the one on the PATH. */
function npm(words, cwd) {
  const own = process.env.npm_execpath;
  const [program, ...first] = own?.endsWith('.js') ? [process.execPath, own] : ['npm'];
  return spawnSync(program, [...first, ...words], { cwd, stdio: 'inherit' });
}
