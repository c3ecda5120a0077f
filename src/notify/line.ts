import { markdownWords, plainWords } from './plain-words.ts';

/** A line of a message: words, and where to read more of them. */
export type Line = { text: string; link: string | null };

/** As plain text: the words, then the address. */
export function plainLine({ text, link }: Line): string {
  return link === null ? plainWords(text) : `${plainWords(text)} ${link}`;
}

/** As markdown: the words are the link. */
export function markdownLine({ text, link }: Line): string {
  return link === null ? markdownWords(text) : `[${markdownWords(text)}](${link})`;
}
