import { XMLParser } from 'fast-xml-parser';

/** What XML-RPC carries of what supervisor speaks. */
export type XmlValue = string | number | boolean | XmlValue[] | { [name: string]: XmlValue };

/** The fault of an XML-RPC answer; codes: supervisor's xmlrpc.Faults. */
export class XmlFault extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'XmlFault';
    this.code = code;
  }
}

/** The body of a call. Numbers must be integers. */
export function encodeCall(method: string, params: XmlValue[]): string {
  const values = params.map((param) => `<param><value>${encode(param)}</value></param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${escaped(method)}</methodName><params>${values}</params></methodCall>`;
}

function encode(value: XmlValue): string {
  if (typeof value === 'string') return `<string>${escaped(value)}</string>`;
  if (typeof value === 'number') return `<int>${Math.trunc(value)}</int>`;
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (Array.isArray(value))
    return `<array><data>${value.map((item) => `<value>${encode(item)}</value>`).join('')}</data></array>`;
  const members = Object.entries(value).map(
    ([name, item]) => `<member><name>${escaped(name)}</name><value>${encode(item)}</value></member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

const LISTS = new Set(['param', 'member']);
const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  isArray: (name, path) => LISTS.has(name) || String(path).endsWith('data.value'),
});

type Node = Record<string, unknown>;

/**
 * The value of an answer.
 * @throws XmlFault where supervisor answered with a fault, Error where the text is no XML-RPC answer.
 */
export function decodeAnswer(text: string): XmlValue {
  const answer = node(node(parser.parse(text)).methodResponse);
  if (answer.fault !== undefined) throw fault(decode(node(answer.fault).value));
  const params = node(answer.params).param;
  if (!Array.isArray(params) || params.length !== 1) throw new Error('not an XML-RPC answer');
  return decode(node(params[0]).value);
}

function fault(value: XmlValue): XmlFault {
  const { faultCode, faultString } = value as { faultCode: number; faultString: string };
  return new XmlFault(Number(faultCode), String(faultString));
}

function decode(value: unknown): XmlValue {
  if (typeof value === 'string') return plain(value);
  const typed = node(value);
  if ('string' in typed) return plain(text(typed.string));
  if ('int' in typed || 'i4' in typed) return Number(text(typed.int ?? typed.i4));
  if ('double' in typed) return Number(text(typed.double));
  if ('boolean' in typed) return text(typed.boolean).trim() === '1';
  if ('nil' in typed) return '';
  if ('array' in typed) return items(node(typed.array).data).map(decode);
  if ('struct' in typed) return struct(typed.struct);
  throw new Error(`unknown XML-RPC type: ${Object.keys(typed).join(', ')}`);
}

function items(data: unknown): unknown[] {
  const values = typeof data === 'string' ? undefined : node(data).value;
  return Array.isArray(values) ? values : [];
}

function struct(value: unknown): XmlValue {
  const members = typeof value === 'string' ? undefined : node(value).member;
  const entries = (Array.isArray(members) ? members : []).map((member) => {
    const { name, value: inner } = node(member);
    return [plain(text(name)), decode(inner)] as const;
  });
  return Object.fromEntries(entries);
}

function node(value: unknown): Node {
  if (typeof value === 'object' && value !== null) return value as Node;
  throw new Error('not an XML-RPC answer');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function plain(xml: string): string {
  return xml.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|lt|gt|amp|quot|apos);/g, (_, name: string) => {
    const named = NAMED[name];
    if (named !== undefined) return named;
    const point = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  });
}
