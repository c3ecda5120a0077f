import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What is compiled, and what says how. */
const folders = ['src', 'migrations'];
const ways = ['package-lock.json', 'scripts/compile.mjs'];

/**
 * The files of src/ and migrations/, as paths from the root.
 * @param {string} root the project's folder
 * @returns {string[]}
 */
export function sourcesOf(root) {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * What the sources say now, as one short text: another one wherever a byte of any of them is.
 * @param {string} root
 */
export function stateOf(root) {
  const hash = createHash('sha256');
  for (const path of [...ways, ...sourcesOf(root)])
    hash.update(`\n${path}\n`).update(
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest(),
    );
  return hash.digest('hex').slice(0, 16);
}
