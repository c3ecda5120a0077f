import { BlockList, isIP } from 'node:net';

/** A range of IP addresses as RFC 4632 and RFC 4291 (2.3) write it, `10.1.0.0/16`; null for anything else. */
export function parseRange(text: string): string | null {
  const [, address = '', bits = ''] = /^([0-9A-Fa-f:.]+)\/(\d{1,3})$/.exec(text.trim()) ?? [];
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  // A range of everything would say that every machine may be trusted unseen.
  if (family === 0 || Number(bits) > most || Number(bits) < 4) return null;
  return `${address.toLowerCase()}/${Number(bits)}`;
}

/** True where an IP address lies in one of the ranges; names never do. */
export function isInside(ranges: readonly string[], address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const list = new BlockList();
  for (const range of ranges) {
    const [start = '', bits] = range.split('/');
    list.addSubnet(start, Number(bits), isIP(start) === 4 ? 'ipv4' : 'ipv6');
  }
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
