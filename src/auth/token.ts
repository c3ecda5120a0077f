import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

const MARK = 'cdr_';
const SHAPE = /^(cdr_[0-9a-z]{12})_[A-Za-z0-9_-]{43}$/;

/** A fresh token: `text` is shown once; what is kept is its prefix and its hash. */
export function makeToken(): { text: string; prefix: string; hash: string } {
  const name = [...randomBytes(12)].map((byte) => (byte % 36).toString(36)).join('');
  const prefix = MARK + name;
  const text = `${prefix}_${randomBytes(32).toString('base64url')}`;
  return { text, prefix, hash: tokenHash(text) };
}

/** SHA-256 in hex: a token carries 256 random bits, so nothing slower is needed. */
export function tokenHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The prefix of what may be a token; null for anything else. */
export function prefixOf(text: string): string | null {
  return SHAPE.exec(text)?.[1] ?? null;
}

/** Compares in the same time wherever the two differ. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** True for an IP address, or a range in CIDR notation (RFC 4632). */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** True where an address lies in one of the ranges, or there are none. IPv4 inside IPv6 counts as IPv4. */
export function isAllowedFrom(ranges: readonly string[], address: string): boolean {
  if (ranges.length === 0) return true;
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  const family = isIP(plain);
  if (family === 0) return false;
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

function addRange(list: BlockList, range: string): void {
  const [address = '', bits] = range.split('/');
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
}
