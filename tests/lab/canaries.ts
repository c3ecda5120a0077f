/** Every form in which a word of letters, digits and dashes may stand in a dump: as it is, in base64 wherever it stands, in hex. */
export function formsOf(word: string): string[] {
  const bytes = Buffer.from(word);
  const within = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const whole = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const hex = bytes.toString('hex');
  return [word, ...within, hex, hex.toUpperCase(), encodeURIComponent(word)];
}

/** Which of these words stand in a text, with the form in which they do. */
export function wordsIn(text: string, words: Record<string, string>): string[] {
  return Object.entries(words).flatMap(([name, word]) =>
    formsOf(word).flatMap((form) => (text.includes(form) ? [`${name}: ${form}`] : [])),
  );
}
