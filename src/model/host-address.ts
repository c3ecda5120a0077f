import { isIP, isIPv4 } from 'node:net';

/** What decides about addresses: is loopback allowed, and which machines are the product's own. */
export type AddressRules = { allowLoopback: boolean; own: readonly string[] };

export type AddressVerdict =
  | { ok: true; address: string }
  | { ok: false; code: 'address' | 'address_loopback' | 'address_special' | 'address_own' };

/**
 * Judges what a person typed as a machine's address (S43): an IP address, or a name as RFC 1123 (2.1) has it.
 * Answers it normalised: lower case, no dot at the end, IPv6 in its shortest form.
 */
export function judgeAddress(text: string, rules: AddressRules): AddressVerdict {
  const address = normalised(text);
  if (address === null) return { ok: false, code: 'address' };
  const ip = plainIpv4(address) ?? address;
  if (isSpecial(ip)) return { ok: false, code: 'address_special' };
  if (isLoopback(ip)) return rules.allowLoopback ? { ok: true, address } : refused('address_loopback');
  if (rules.own.some((own) => normalised(own) === address)) return refused('address_own');
  return { ok: true, address };
}

function refused(code: 'address_loopback' | 'address_own'): AddressVerdict {
  return { ok: false, code };
}

function normalised(text: string): string | null {
  if (text.length > 253) return null;
  if (isIPv4(text)) return text;
  if (isIP(text) === 6) return text.includes('%') ? null : shortIpv6(text);
  const name = text.toLowerCase().replace(/\.$/, '');
  return isName(name) ? name : null;
}

function shortIpv6(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A last label of digits would be read as an IPv4 address in another spelling (`127.1`, `2130706433`, `0x7f.1`). */
function isName(name: string): boolean {
  const labels = name.split('.');
  return labels.every((label) => LABEL.test(label)) && !/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '');
}

/** The IPv4 address inside `::ffff:7f00:1` and its like, as RFC 4291 (2.5.5.2) maps it. */
function plainIpv4(address: string): string | null {
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (!mapped) return null;
  const [high, low] = [Number.parseInt(mapped[1] ?? '0', 16), Number.parseInt(mapped[2] ?? '0', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function isLoopback(ip: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(ip) || ip === '::1' || /(?:^|\.)localhost$/.test(ip);
}

/** Link-local, unspecified, multicast and broadcast addresses: no machine of anybody's is reached by them. */
function isSpecial(ip: string): boolean {
  if (isIPv4(ip)) {
    const [first = 0, second] = ip.split('.').map(Number);
    return first === 0 || first >= 224 || (first === 169 && second === 254);
  }
  return isIP(ip) === 6 && (ip === '::' || /^(?:fe[89ab]|ff)/.test(ip));
}
