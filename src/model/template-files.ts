import { relativePath } from './project.ts';

/** A file that is made of a template: its path below the folder of such files, and the template's text. */
export type TemplateFile = { path: string; text: string };

const HEAD = /^===[ \t]*(\S(?:.*\S)?)[ \t]*$/;
const MOST = 20;

/**
 * Reads files as a form has them: a line `=== path`, then the file's text up to the next such line.
 * @returns the files, or the line (from 1 on) at which something is wrong: text before the first path, a path that is
 *   none, was named before or leads through a file, or one too many
 */
export function readTemplateFiles(text: string): TemplateFile[] | { wrong: number } {
  const files: TemplateFile[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const path = HEAD.exec(line)?.[1];
    const last = files.at(-1);
    if (path !== undefined) {
      if (!fits(path, files)) return { wrong: index + 1 };
      files.push({ path, text: '' });
    } else if (last) last.text += `${line}\n`;
    else if (line.trim() !== '') return { wrong: index + 1 };
  }
  return files.map((file) => ({ ...file, text: file.text.replace(/(?<!\n)\n+$/, '\n') }));
}

function fits(path: string, files: TemplateFile[]): boolean {
  if (files.length >= MOST || !relativePath.safeParse(path).success) return false;
  return files.every((file) => `${file.path}/` !== `${path}/` && !meets(file.path, path));
}

function meets(one: string, other: string): boolean {
  return one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
