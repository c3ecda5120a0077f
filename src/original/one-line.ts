/** Free text of the original as one line of at most so many characters: what is told, never what is carried out. */
export function oneLine(text: string, max: number): string {
  const line = text.replaceAll(/[\x00-\x1f\x7f]+/g, ' ').trim();
  return line.length <= max ? line : [...line.slice(0, max - 1)].filter(isWhole).join('');
}

/** Half of a character that the end has cut is none. */
function isWhole(character: string): boolean {
  return !/^[\ud800-\udfff]$/.test(character);
}
