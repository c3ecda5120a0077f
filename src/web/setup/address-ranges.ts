import { isAddressRange } from '../../auth/token.ts';
import type { Page } from '../page.ts';

/** Reads IP addresses and CIDR ranges, one per line; refuses the first wrong line at `field`. */
export function readRanges(page: Pick<Page, 'refuse'>, field: string, text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const wrong = lines.findIndex((line) => line !== '' && !isAddressRange(line));
  if (wrong >= 0) page.refuse({ field, code: 'address_range', detail: { line: wrong + 1 } });
  return [...new Set(lines.filter((line) => line !== ''))];
}
