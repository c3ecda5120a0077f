/** Few enough at a time for one statement. */
export function inParts<T>(all: readonly T[], many = 500): T[][] {
  const parts: T[][] = [];
  for (let first = 0; first < all.length; first += many) parts.push(all.slice(first, first + many));
  return parts;
}
