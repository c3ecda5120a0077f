/**
 * A name with everything taken away by which one name only looks different from another: width and compatibility
 * forms (NFKC), case, blanks around it, and characters that nobody sees.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Cf}|\p{Cc}/gu, '')
    .trim()
    .toLowerCase()
    .normalize('NFKC');
}

/** A distinguished name in one spelling (RFC 4514), for comparisons: one text per level, the entry's own first. */
export function dnParts(dn: string): string[] {
  return splitUnescaped(dn).map((part) =>
    foldName(unescapeDn(part))
      .replace(/(?<!\s)\s*=\s*/, '=')
      .replace(/\s+/g, ' '),
  );
}

export function sameDn(one: string, other: string): boolean {
  return dnParts(one).join('\n') === dnParts(other).join('\n');
}

/** True where `dn` is `base` or lies below it. */
export function isInside(dn: string, base: string): boolean {
  const [inner, outer] = [dnParts(dn), dnParts(base)];
  return inner.length >= outer.length && inner.slice(-outer.length).join('\n') === outer.join('\n');
}

/** True for a text that is meant as a distinguished name. */
export function isDn(name: string): boolean {
  return name.includes('=');
}

/** True where every level of a distinguished name has an attribute and a value. */
export function isDnText(dn: string): boolean {
  const parts = splitUnescaped(dn);
  const close = dn.replace(/(?<!\s)\s+,/g, ',').replace(/,\s+/g, ',');
  return parts.join(',').length >= close.trim().length && parts.every(isLevel);
}

function isLevel(part: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.-]*\s*=\s*\S/.test(part);
}

/** The name above, as it stands; empty above the top. */
export function parentDn(dn: string): string {
  return splitUnescaped(dn).slice(1).join(',');
}

function splitUnescaped(dn: string): string[] {
  return (dn.match(/(?:\\.|[^,\\])+/gs) ?? []).map((part) => part.trim());
}

function unescapeDn(text: string): string {
  const bytes: Buffer[] = [];
  for (const [piece, code, plain] of text.matchAll(/\\([0-9a-fA-F]{2})|\\(.)|[^\\]+/gs))
    bytes.push(code ? Buffer.from(code, 'hex') : Buffer.from(plain ?? piece));
  return Buffer.concat(bytes).toString('utf8');
}
