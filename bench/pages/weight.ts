import type { Visitor } from '../visitor.ts';

export type Weight = { path: string; bytes: number; parts: [name: string, bytes: number][] };

/** What a first visit of a page loads, as it comes over the wire: the page, its styles, scripts, icons and fonts. */
export async function weightOf(visitor: Visitor, path: string): Promise<Weight> {
  const { body } = await visitor.get(path);
  const parts: [string, number][] = [['html', body.length]];
  const known = new Set<string>();
  const waiting = linksIn(await plain(visitor, path));
  for (let address = waiting.pop(); address; address = waiting.pop()) {
    if (known.has(address)) continue;
    known.add(address);
    const answer = await visitor.get(address);
    if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`);
    parts.push([address, answer.body.length]);
    if (/\.(css|js)$/.test(address)) waiting.push(...further(await plain(visitor, address), address));
  }
  parts.sort(([, a], [, b]) => b - a);
  return { path, bytes: parts.reduce((sum, [, bytes]) => sum + bytes, 0), parts };
}

async function plain(visitor: Visitor, path: string): Promise<string> {
  return (await visitor.get(path, { 'Accept-Encoding': 'identity' })).body.toString();
}

function linksIn(html: string): string[] {
  return [...html.matchAll(/(?:href|src)="(\/assets\/[^"#]+)/g)].map(([, address]) => address!);
}

/** Modules that a script imports, and files that a style names; pictures within are no requests. */
function further(text: string, from: string): string[] {
  const found = from.endsWith('.js')
    ? [...text.matchAll(/(?:from\s*|import\s*\(?\s*)['"](\.[^'"]+)['"]/g)]
    : [...text.matchAll(/url\(['"]?(?!data:|#)([^'")]+)['"]?\)/g)];
  return found.map(([, name]) => new URL(name!, `http://here${from}`).pathname);
}
