const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * One command line for the POSIX login shell of the far end, which turns it back into exactly this argv.
 * The only place where a command line is put together. Throws for an empty argv and for NUL bytes.
 */
export function quote(argv: readonly string[]): string {
  if (argv.length === 0) throw new Error('nothing to quote');
  return argv.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new Error('a word of a command holds a NUL byte');
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
