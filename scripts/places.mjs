import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/** What was compiled: `file:///…/build/<state>/….js:line:column`. */
const place = /file:\/\/[^\s()]+\/build\/[0-9a-f]{16}\/[^\s()]+?\.js:\d+:\d+/;
/** @type {Map<string, SourceMap | null>} */
const maps = new Map();

/**
 * From now on stack traces tell the places in the sources. A map is read when a trace first needs it: those of all
 * files would take longer to read, and more memory, than the programs themselves.
 */
export function tellSourcePlaces() {
  Error.prepareStackTrace = (error, sites) =>
    [headOf(error), ...sites.map((site) => `    at ${site}`.replace(place, inSource))].join('\n');
}

/** As node writes it where nobody is asked. */
function headOf(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** @param {string} text a place in a compiled file */
function inSource(text) {
  const [, file = '', line, column] = /^(.*):(\d+):(\d+)$/.exec(text) ?? [];
  const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
  if (!entry?.originalSource) return text;
  return `${new URL(entry.originalSource, file)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function mapOf(file) {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

/** Null where the build has gone meanwhile: then the places are those of the compiled file. */
function readMap(file) {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${file}.map`), 'utf8')));
  } catch {
    return null;
  }
}
