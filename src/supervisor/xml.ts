import { XmlReader, type XmlValue } from './xml-reader.ts';

export type { XmlValue } from './xml-reader.ts';

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

/**
 * The value of an answer.
 * @throws XmlFault where supervisor answered with a fault, Error where the text is no XML-RPC answer.
 */
export function decodeAnswer(text: string): XmlValue {
  const reader = new XmlReader(text);
  reader.expect('<methodResponse>');
  const faulty = reader.finds('<fault>');
  for (const tag of faulty ? ['<value>'] : ['<params>', '<param>', '<value>']) reader.expect(tag);
  const value = reader.value();
  for (const tag of faulty ? ['</fault>'] : ['</param>', '</params>']) reader.expect(tag);
  reader.expect('</methodResponse>');
  if (faulty) throw fault(value);
  return value;
}

function fault(value: XmlValue): XmlFault {
  const { faultCode, faultString } = value as { faultCode: number; faultString: string };
  return new XmlFault(Number(faultCode), String(faultString));
}
