/** What the guard's last line says; `out` is what the action printed. Seconds are of the host's clock. */
export type Answer = {
  word: 'DONE' | 'REPLAY' | 'ANNOUNCED' | 'STALE' | 'UNKNOWN' | 'BUSY' | 'INCOMPLETE' | 'ERROR';
  rc: number | null;
  at: number | null;
  fence: number;
  out: string;
};

const words = new Set(['DONE', 'REPLAY', 'ANNOUNCED', 'STALE', 'UNKNOWN', 'BUSY', 'INCOMPLETE', 'ERROR']);

/** Null where the last line is not the guard's: the nonce is not known to what ran there, so it cannot be forged. */
export function parseAnswer(stdout: string, nonce: string): Answer | null {
  const start = stdout.lastIndexOf(`\n${nonce} `);
  if (start < 0) return null;
  const [, word = '', rc = '', at = '', fence = ''] = stdout
    .slice(start + 1)
    .trimEnd()
    .split(' ');
  if (!words.has(word)) return null;
  const number = (text: string) => (/^\d+$/.test(text) ? Number(text) : null);
  return {
    word: word as Answer['word'],
    rc: number(rc),
    at: number(at),
    fence: number(fence) ?? 0,
    out: stdout.slice(0, start),
  };
}
