import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Files below a folder of the project, as paths from its root, by one or several endings. */
export function filesIn(folder: string, ...endings: string[]): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** One import: `to` is a path from the root, or the name of a package. Only of types: nothing is loaded by it. */
export type Import = { from: string; to: string; typesOnly: boolean };

/** All imports and re-exports of a TypeScript file, dynamic ones with a fixed text included. */
export function importsOf(path: string): Import[] {
  const text = textOf(path);
  const fixed = [...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)];
  const dynamic = [...text.matchAll(/\bimport\((?:\s*)'([^']+)'/g)];
  return [
    ...fixed.map(([, type, to = '']) => made(path, to, type !== undefined)),
    ...dynamic.map(([, to = '']) => made(path, to, false)),
  ];
}

function made(from: string, to: string, typesOnly: boolean): Import {
  return { from, to: to.startsWith('.') ? relative(root, resolve(root, dirname(from), to)) : to, typesOnly };
}
