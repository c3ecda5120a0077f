/** A value inside a search filter (RFC 4515): every byte that is no ASCII letter or digit as `\xx`. */
export function escapeFilter(value: string): string {
  return [...Buffer.from(value)]
    .map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : hex(byte)))
    .join('');
}

/** A value inside a distinguished name (RFC 4514): everything but ASCII letters and digits as `\xx`. */
export function escapeDn(value: string): string {
  return escapeFilter(value);
}

/** Fills the places `{{name}}` of a template with escaped values. */
export function fill(
  template: string,
  values: Record<string, string>,
  inPlace: (value: string) => string,
): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_place, name: string) => inPlace(values[name] ?? ''));
}

function isPlain(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}

function hex(byte: number): string {
  return `\\${byte.toString(16).padStart(2, '0')}`;
}
