/**
 * Words of other people for a chat message (S60): one line, no invisible characters that turn the text round, no
 * `@` that calls somebody, no address that becomes a link by itself.
 */
export function plainWords(text: string, most = 500): string {
  const line = text
    .replace(/[\s\x00-\x1f\x7f]+/g, ' ')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replaceAll('@', FULL_WIDTH_AT)
    .replace(/:\/\//g, ':\u200b//')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1).replace(HALF_A_CHARACTER, '')}…` : line;
}

/** What is left of a character of two code units that was cut in the middle. */
const HALF_A_CHARACTER = /[\ud800-\udbff]$/;

/** Looks the same and calls nobody. */
const FULL_WIDTH_AT = String.fromCodePoint(0xff20);

/** The same for markdown: nothing of it makes a link, a picture, emphasis, code or a heading. */
export function markdownWords(text: string, most = 500): string {
  return plainWords(text, most)
    .replace(/[\\[\]()!*`~<>|]/g, '\\$&')
    .replace(/(^|[^\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (found) => found.replace('_', '\\_'))
    .replace(/^([#+-])/, '\\$1')
    .replace(/^(\d+)\./, '$1\\.');
}
