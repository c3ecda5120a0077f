/** The tags of RFC 4511, 4.5.1. */
const SET: Record<string, number> = { '&': 0xa0, '|': 0xa1, '!': 0xa2 };
const COMPARED: Record<string, number> = { '=': 0xa3, '>=': 0xa5, '<=': 0xa6, '~=': 0xa8 };

/**
 * A search filter (RFC 4515) as the bytes of RFC 4511.
 * @throws Error where the text is no filter
 */
export function encodeFilter(text: string): Buffer {
  const { bytes, rest } = read(text);
  if (rest !== '') throw new Error(`no filter: ${text}`);
  return bytes;
}

type Read = { bytes: Buffer; rest: string };

function read(text: string): Read {
  const set = /^\(([&|!])/.exec(text);
  if (set) return readSet(text.slice(2), SET[set[1] ?? ''] ?? 0);
  const item = /^\(([A-Za-z0-9.;:-]+?)(:=|>=|<=|~=|=)([^()]*)\)/s.exec(text);
  if (!item) throw new Error(`no filter: ${text}`);
  const [whole, attribute = '', operator = '', value = ''] = item;
  return { bytes: compared(attribute, operator, value), rest: text.slice(whole.length) };
}

function readSet(text: string, tag: number): Read {
  const parts: Buffer[] = [];
  let rest = text;
  while (rest.startsWith('(')) {
    const one = read(rest);
    parts.push(one.bytes);
    rest = one.rest;
  }
  if (!rest.startsWith(')') || parts.length === 0 || (tag === SET['!'] && parts.length > 1))
    throw new Error(`no filter: ${text}`);
  return { bytes: wrap(tag, ...parts), rest: rest.slice(1) };
}

function compared(attribute: string, operator: string, value: string): Buffer {
  if (operator === ':=') return extensible(attribute, value);
  if (operator === '=' && value === '*') return wrap(0x87, Buffer.from(attribute));
  if (operator === '=' && value.includes('*')) return substrings(attribute, value.split('*'));
  return wrap(COMPARED[operator] ?? 0, octets(attribute), wrap(0x04, unescaped(value)));
}

function substrings(attribute: string, pieces: string[]): Buffer {
  const last = pieces.length - 1;
  const parts = pieces.flatMap((piece, index) => {
    const tag = index === 0 ? 0x80 : index === last ? 0x82 : 0x81;
    return piece === '' ? [] : [wrap(tag, unescaped(piece))];
  });
  return wrap(0xa4, octets(attribute), wrap(0x30, ...parts));
}

function extensible(left: string, value: string): Buffer {
  const [attribute = '', ...more] = left.split(':');
  const rule = more.filter((word) => word !== 'dn')[0];
  return wrap(
    0xa9,
    ...(rule ? [wrap(0x81, Buffer.from(rule))] : []),
    ...(attribute ? [wrap(0x82, Buffer.from(attribute))] : []),
    wrap(0x83, unescaped(value)),
    ...(more.includes('dn') ? [wrap(0x84, Buffer.from([0xff]))] : []),
  );
}

/** The bytes of a value: `\xx` is one byte, all else is UTF-8. */
function unescaped(text: string): Buffer {
  const pieces = [...text.matchAll(/\\([0-9a-fA-F]{2})|[^\\]+|\\/gs)].map(([piece, code]) => {
    if (piece === '\\') throw new Error(`no value of a filter: ${text}`);
    return code ? Buffer.from(code, 'hex') : Buffer.from(piece);
  });
  return Buffer.concat(pieces);
}

function octets(text: string): Buffer {
  return wrap(0x04, Buffer.from(text));
}

/** Tag, length and contents in the basic encoding rules. */
function wrap(tag: number, ...parts: Buffer[]): Buffer {
  const contents = Buffer.concat(parts);
  const { length } = contents;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), contents]);
}
