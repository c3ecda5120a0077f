/** A file that appears where a shell ran any of the texts below. */
export const canary = 'cedar-canary';

/** Shell syntax of every kind, each around a word by which it is found again wherever it was kept. */
export const shellTexts: Record<string, string> = {
  'a second command': `a;touch ${canary}`,
  'a substitution': `a$(touch ${canary})`,
  'an old substitution': `a\`touch ${canary}\``,
  'a pipe': `a|touch ${canary}`,
  'and so on': `a&&touch ${canary}`,
  'a second line': `a\ntouch ${canary}`,
  'both quotes': `a'"; touch ${canary} '"`,
  'a blank by variable': `a;touch\${IFS}${canary}`,
  'a second line, encoded': `a%0atouch ${canary}`,
  'a redirection': `a >${canary}`,
  'a home': `~/${canary}`,
  'a pattern': `*${canary}*`,
  'two words in braces': `{${canary},a}`,
  'the history': `!${canary}`,
  'a face': `\u{1f600}${canary}`,
  '64 KB': canary + 'a'.repeat(65_536),
};

/** Those of them that a text of one line may hold. */
export const inOneLine = Object.entries(shellTexts)
  .filter(([, text]) => text.length < 100 && !text.includes('\n'))
  .map(([, text]) => text);
