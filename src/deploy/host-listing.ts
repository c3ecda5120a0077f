import type { Entry, FileEntry } from '../builds/manifest-text.ts';

/** A file as `sha256sum -c` takes it. */
export function sumLine({ sha256, path }: FileEntry): string {
  return `${sha256}  ./${path}`;
}

/** Entries as a host lists them (see seal.sh), without their marks, in the byte order of lines that bear them. */
export function listingLines(entries: readonly Entry[]): string[] {
  const lines = entries.map((entry) => (entry.kind === 'link' ? linkLine(entry) : fileLine(entry)));
  return lines.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ line }) => line);
}

type Line = { line: string; key: Buffer };

function linkLine({ path, target }: Extract<Entry, { kind: 'link' }>): Line {
  const line = `l - ./${path} -> ${target}`;
  return { line, key: Buffer.from(line) };
}

function fileLine({ path, mode }: FileEntry): Line {
  const line = `f ${mode.toString(8)} ./${path}`;
  return { line, key: Buffer.from(`${line}\t`) };
}
