import type { FieldError } from '../../errors.ts';
import { type ProjectSettings, relativePath } from '../../model/project.ts';

type Shared = ProjectSettings['shared'];
const MOST = 50;

/** Shared files and folders as a text: one path per line, folders with a slash at the end. */
export function sharedText(shared: Shared): string {
  return shared.map(({ path, kind }) => (kind === 'folder' ? `${path}/` : path)).join('\n');
}

/** Reads such a text; answers what is wrong with it instead, at the field `shared`. */
export function readShared(text: string): { shared: Shared } | { wrong: FieldError } {
  const lines = text.split('\n').map((line) => line.trim());
  const shared: Shared = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const path = relativePath.safeParse(line.replace(/\/$/, ''));
    if (!path.success) return wrong('shared_path', { line: index + 1 });
    const other = shared.find((known) => meet(known.path, path.data));
    if (other) return wrong('shared_nested', { line: index + 1, path: other.path });
    shared.push({ path: path.data, kind: line.endsWith('/') ? 'folder' : 'file' });
  }
  return shared.length > MOST ? wrong('shared_many', { maximum: MOST }) : { shared };
}

/** True for the same path, and where one lies inside the other. */
function meet(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

function wrong(code: string, detail: Record<string, string | number>): { wrong: FieldError } {
  return { wrong: { field: 'shared', code, detail } };
}
