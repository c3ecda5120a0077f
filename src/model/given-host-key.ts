import { createHash } from 'node:crypto';

const KEY = /^(?:(?:ssh-|ecdsa-|sk-)[A-Za-z0-9@.-]+ )?([A-Za-z0-9+/]{60,1400}={0,2})(?: .*)?$/;
const PRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/**
 * The host key that a caller vouches for: a line of `ssh-keyscan` or of a `.pub` file, its base64 alone, or its
 * fingerprint `SHA256:…`. Answers the key in wire form, base64, or the fingerprint; null for anything else.
 */
export function parseGivenKey(text: string): string | null {
  const line = text.trim();
  if (PRINT.test(line)) return line;
  const wire = KEY.exec(line)?.[1] ?? KEY.exec(line.replace(/^\S+ (?=ssh-|ecdsa-|sk-)/, ''))?.[1];
  return wire && isWireKey(wire) ? wire : null;
}

/** RFC 4253 (6.6): a key begins with the length and the text of its algorithm. */
function isWireKey(wire: string): boolean {
  const bytes = Buffer.from(wire, 'base64');
  const length = bytes.length > 4 ? bytes.readUInt32BE(0) : 0;
  return length > 0 && length < 64 && /^[a-z0-9@.-]+$/.test(bytes.subarray(4, 4 + length).toString());
}

/** True where the key that a machine shows (wire form, base64) is the one that `given` says. */
export function isGivenKey(given: string, shown: string): boolean {
  return given === (PRINT.test(given) ? fingerprintOfKey(shown) : shown);
}

/** `SHA256:…` of a key in wire form (base64), as `ssh-keygen -l` prints it. */
export function fingerprintOfKey(shown: string): string {
  const digest = createHash('sha256').update(Buffer.from(shown, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
