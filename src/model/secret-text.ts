/** A shorter piece of a file is no secret of its own: masking it would blacken every log. */
const SHORTEST = 8;

/** An address of a machine alone is no secret: logs tell it. */
const ADDRESS = /^[\d.]+(?::\d+)?$/;

/**
 * What must not be read of a secret file: each line that is long enough, what stands behind its `=` or `:`, what is
 * quoted in it, and its words that hold a digit, as passwords do.
 */
export function secretsInText(text: string): string[] {
  const pieces = text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed.length < SHORTEST) return [];
    const value = /^[^=:]*[=:]\s*(.*?)[,;]?$/s.exec(trimmed)?.[1] ?? '';
    const quoted = [...trimmed.matchAll(/"([^"]+)"|'([^']+)'/g)].map((found) => found[1] ?? found[2] ?? '');
    const words = trimmed.split(/[\s:=,;"'{}()[\]]+/).filter((word) => /\d/.test(word));
    return [trimmed, value, ...quoted, ...words];
  });
  return [...new Set(pieces)].filter((piece) => piece.length >= SHORTEST && !ADDRESS.test(piece));
}
