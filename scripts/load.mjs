import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { built } from './build.mjs';
import { tellSourcePlaces } from './places.mjs';

/**
 * Loads a file of src/ in this very process, compiled from what the sources say now.
 * @param {string} path such as `bin/web`
 */
export async function load(path) {
  let folder;
  try {
    folder = built(join(import.meta.dirname, '..'));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  tellSourcePlaces();
  return import(pathToFileURL(join(folder, 'src', `${path}.js`)).href);
}
