/** Secrets that were printed somewhere: the defaults of the program that CedarDeploy follows. */
const known = ['deploy123', 'hi0ookyjtvkbgpnkc', 'admin', 'password', 'changeme', 'secret'];

/**
 * Why a secret must not be used, as the end of a sentence, or null: shorter than 32 bytes, made of few different
 * ones, a short piece over and over, or mostly a known word.
 */
export function secretProblem(secret: string | Buffer): string | null {
  const text = typeof secret === 'string' ? secret : secret.toString('latin1');
  if (Buffer.byteLength(text, 'latin1') < 32) return 'is shorter than 32 bytes';
  if (Buffer.isBuffer(secret) && secret.length !== 32) return 'is not 32 bytes in base64';
  if (new Set(text).size < 10 || /^(.{1,16}?)\1+.{0,16}$/s.test(text)) return 'repeats itself';
  const rest = known.reduce((left, word) => left.replaceAll(word, ''), text.toLowerCase());
  return rest.length < 32 && rest.length < text.length ? 'holds a known word' : null;
}
