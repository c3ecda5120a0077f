import { z } from 'zod';
import {
  FILE_TEXT_LIMIT,
  FILLED_TEXT_LIMIT,
  filePath,
  filePlacings,
  fileSources,
  MOST_FILES,
} from '../../model/configuration-file.ts';
import { judgeFileUrl } from '../../model/file-url.ts';
import type { Project } from '../../model/project.ts';
import type { Db } from '../../store/database.ts';
import { databaseAddresses } from '../../store/own-address.ts';
import type { ProjectFile } from '../../store/project-files.ts';
import { checkbox } from '../form.ts';
import type { Page } from '../page.ts';
import { refuseUnfillable } from './filled-text.ts';

export const fileForm = z.object({
  path: filePath,
  placed: z.enum(filePlacings),
  source: z.enum(fileSources),
  text: z
    .string()
    .max(FILE_TEXT_LIMIT)
    .regex(/^[^\x00]*$/, 'text'),
  url: z.string().trim().max(2000),
  secret: checkbox,
  fill: checkbox,
  /** The text that the form was opened on; empty: of a new file. */
  seen: z.string().regex(/^[0-9A-Z]{0,26}$/, 'choice'),
});
export type FileForm = z.output<typeof fileForm>;

/** Refuses a path that meets another file or a shared path of the project. */
export function refusePath(
  page: Page,
  { settings }: Project,
  files: readonly ProjectFile[],
  path: string,
): void {
  const meets = (other: string) =>
    other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`);
  const shared = settings.shared.find((one) => meets(one.path));
  if (shared) page.refuse({ field: 'path', code: 'file_shared', detail: { path: shared.path } });
  const others = files.filter((file) => file.path !== path);
  const nested = others.find((file) => meets(file.path));
  if (nested) page.refuse({ field: 'path', code: 'file_nested', detail: { path: nested.path } });
  if (others.length >= MOST_FILES)
    page.refuse({ field: 'path', code: 'files_many', detail: { maximum: MOST_FILES } });
}

/**
 * What the file is to hold: its text or URL, judged.
 * @param kept what a secret file holds, in the open, which stays where nothing was typed
 */
export async function contentOf(
  { page, db }: { page: Page; db: Db },
  project: Project,
  form: FileForm,
  kept: string | null,
): Promise<string> {
  const field = form.source;
  const typed = field === 'url' ? form.url : form.text;
  const content = typed === '' && form.secret && kept !== null ? kept : typed;
  if (content === '' && (form.secret || field === 'url')) page.refuse({ field, code: 'required' });
  if (field === 'url') refuseUrl(page, content);
  else if (form.fill && content.length > FILLED_TEXT_LIMIT)
    page.refuse({ field, code: 'too_long', detail: { maximum: FILLED_TEXT_LIMIT } });
  else if (form.fill) await refuseUnfillable({ page, db }, project, content);
  return content;
}

function refuseUrl(page: Page, url: string): void {
  const { allowInsecureFiles, allowLoopbackHosts } = page.settings;
  const verdict = judgeFileUrl(url, {
    allowInsecure: allowInsecureFiles,
    allowLoopback: allowLoopbackHosts,
    own: databaseAddresses(page.db),
  });
  if (!verdict.ok) page.refuse({ field: 'url', code: verdict.code });
}
