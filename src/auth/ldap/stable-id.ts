import { escapeFilter } from './escape.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEX = 'hex:';
/** Where the bytes of a GUID stand in its text: its first three numbers are written with their last byte first. */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/**
 * The value of an id attribute as text: as it stands where it is text, the usual spelling of Active Directory's
 * objectGUID, and `hex:` with its bytes for anything else. Empty where there is none.
 */
export function idText(attribute: string, value: Buffer | undefined): string {
  if (!value || value.length === 0) return '';
  if (isGuid(attribute) && value.length === 16) return guidOf(value);
  const text = value.toString('utf8');
  const isText = Buffer.from(text).equals(value) && !/[\x00-\x1f\x7f]/.test(text) && !text.startsWith(HEX);
  return isText ? text : HEX + value.toString('hex');
}

/** The filter that finds the entry of an id. */
export function idFilter(attribute: string, id: string): string {
  const bytes = isGuid(attribute) && GUID.test(id) ? guidBytes(id) : hexBytes(id);
  return `(${attribute}=${bytes ? escaped(bytes) : escapeFilter(id)})`;
}

function isGuid(attribute: string): boolean {
  return attribute.toLowerCase() === 'objectguid';
}

function guidOf(bytes: Buffer): string {
  const hex = ORDER.map((place) => bytes.subarray(place, place + 1).toString('hex')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function guidBytes(id: string): Buffer {
  const spelt = Buffer.from(id.replaceAll('-', ''), 'hex');
  return Buffer.from(ORDER.map((place) => spelt[place] ?? 0));
}

function hexBytes(id: string): Buffer | null {
  return id.startsWith(HEX) ? Buffer.from(id.slice(HEX.length), 'hex') : null;
}

function escaped(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
}
