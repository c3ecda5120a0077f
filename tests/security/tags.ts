const tag = /\[S\d+\]/g;

/** Ids of the rows that a text names by tags: `[S12]`. */
export function tagsIn(text: string): string[] {
  return [...new Set((text.match(tag) ?? []).map((found) => found.slice(1, -1)))];
}
