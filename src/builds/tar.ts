/** One entry of a tar stream. `mtime` in seconds; folders and links have no contents. */
export type TarEntry = {
  path: string;
  kind: 'file' | 'folder' | 'link';
  mode: number;
  mtime: number;
  target?: string;
  contents?: Buffer;
};

const BLOCK = 512;
const flags = { file: '0', folder: '5', link: '2' } as const;

/** The stream of one entry: a ustar header and the padded contents; long names go before, as GNU tar writes them. */
export function tarEntry(entry: TarEntry): Buffer {
  const path = Buffer.from(entry.kind === 'folder' ? `${entry.path}/` : entry.path);
  const target = Buffer.from(entry.target ?? '');
  const contents = entry.contents ?? Buffer.alloc(0);
  return Buffer.concat([
    ...long(target, 'K'),
    ...long(path, 'L'),
    header({
      path,
      target,
      size: contents.length,
      mode: entry.mode,
      mtime: entry.mtime,
      flag: flags[entry.kind],
    }),
    ...padded(contents),
  ]);
}

/** The two empty blocks at the end of a stream. */
export const tarEnd = Buffer.alloc(2 * BLOCK);

type Header = { path: Buffer; target: Buffer; size: number; mode: number; mtime: number; flag: string };

function header({ path, target, size, mode, mtime, flag }: Header): Buffer {
  const block = Buffer.alloc(BLOCK);
  path.copy(block, 0, 0, 100);
  block.write(octal(mode, 7), 100, 'latin1');
  block.write(octal(0, 7), 108, 'latin1');
  block.write(octal(0, 7), 116, 'latin1');
  block.write(octal(size, 11), 124, 'latin1');
  block.write(octal(Math.max(0, Math.floor(mtime)), 11), 136, 'latin1');
  block.write(' '.repeat(8) + flag, 148, 'latin1');
  target.copy(block, 157, 0, 100);
  block.write('ustar  \0', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** A name that a header has no room for. */
function long(name: Buffer, flag: 'K' | 'L'): Buffer[] {
  if (name.length <= 100) return [];
  const text = Buffer.concat([name, Buffer.alloc(1)]);
  const path = Buffer.from('././@LongLink');
  return [
    header({ path, target: Buffer.alloc(0), size: text.length, mode: 0, mtime: 0, flag }),
    ...padded(text),
  ];
}

function padded(contents: Buffer): Buffer[] {
  const rest = contents.length % BLOCK;
  return rest === 0 ? [contents] : [contents, Buffer.alloc(BLOCK - rest)];
}
