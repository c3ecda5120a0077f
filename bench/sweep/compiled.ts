import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { built } from '../../scripts/build.mjs';

const product = join(import.meta.dirname, '../..');

/** Writes a program of the benchmark as JavaScript over the compiled product, and gives its file. */
export function compiled(file: string, dir: string): string {
  const source = readFileSync(join(import.meta.dirname, file), 'utf8');
  const folder = built(product);
  const imports = source.replace(/'\.\.\/\.\.\/src\/(.+)\.ts'/g, (_, path) => `'${folder}/src/${path}.js'`);
  const { code } = transformSync(imports, { loader: 'ts', format: 'esm', target: 'node20' });
  const made = join(dir, file.replace(/\.ts$/, '.mjs'));
  writeFileSync(made, code);
  return made;
}
