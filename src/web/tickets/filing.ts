import { ulid } from 'ulid';
import { z } from 'zod';
import { isGitRef } from '../../model/git-ref.ts';
import type { Project } from '../../model/project.ts';
import type { Release } from '../../model/release.ts';
import * as placements from '../../store/placements.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import type { NewTicket } from '../../store/tickets.ts';
import { commonRelease, type HostRow, hostRows } from '../deploy/hosts.ts';
import { askChanges } from '../deploy/look.ts';
import type { FormField } from '../field.ts';
import { checkbox, line, many } from '../form.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { momentOf } from '../zoned-time.ts';

/** A ticket's projects, in order, are the fields `project1` … of its form. */
export const numbers = [1, 2, 3, 4, 5] as const;

const key = z.string().max(80).optional();
const id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'wrong');
const ref = z
  .string()
  .trim()
  .refine((text) => text === '' || isGitRef(text), 'ref')
  .optional();
const parts = Object.fromEntries(
  numbers.flatMap((number) => [
    [`project${number}`, key],
    [`ref${number}`, ref],
    [`hosts${number}`, many(id)],
    [`release${number}`, z.union([id, z.literal('')]).optional()],
  ]),
);

export const ticketForm = z.object({
  ...(parts as Record<`project${number}` | `ref${number}` | `release${number}`, typeof key>),
  ...(parts as unknown as Record<`hosts${number}`, z.ZodType<string[]>>),
  reason: line(500),
  at: z.string().trim().max(30).optional(),
  selfStart: checkbox,
});
type Form = Record<string, unknown>;

/** One project of the form. Hosts and releases are shown to those alone who may see the project. */
export type Wanted = {
  number: number;
  project: Project;
  sees: boolean;
  rows: HostRow[];
  releases: Release[];
  fields: Record<'ref' | 'hosts' | 'release', FormField>;
};

/** The projects that the address or the sent form names, each once. */
export async function wantedOf(page: Page): Promise<Wanted[]> {
  const body = (page.req.body ?? {}) as Record<string, unknown>;
  const found: Wanted[] = [];
  for (const number of numbers) {
    const name = `project${number}`;
    const asked = page.query(name) ?? (typeof body[name] === 'string' ? body[name] : null);
    const project = asked ? await projects.byKey(page.db, asked) : null;
    if (!project || found.some((one) => one.project.id === project.id)) continue;
    found.push(await one(page, number, project));
  }
  return found;
}

async function one(page: Page, number: number, project: Project): Promise<Wanted> {
  const sees = page.may('project.see', await subjectOf(page, project));
  const rows = sees ? await hostRows(page, project) : [];
  const fields = page.fields({
    [`ref${number}`]: project.branch,
    [`hosts${number}`]: rows.map((row) => row.host.id),
    [`release${number}`]: '',
  } as Record<string, string | string[]>);
  return {
    ...{ number, project, sees, rows },
    releases: sees ? await releases.kept(page.db, project.id) : [],
    fields: {
      ref: fields[`ref${number}`]!,
      hosts: fields[`hosts${number}`]!,
      release: fields[`release${number}`]!,
    },
  };
}

/** The ticket that the form asks for; what it would bring is asked for on the way. */
export async function filed(page: Page, form: Form): Promise<NewTicket> {
  const wanted = await wantedOf(page);
  if (wanted.length === 0) page.refuse({ field: 'project1', code: 'required' });
  const wishedAt = wishedAtOf(page, String(form.at ?? ''));
  const selfStart = Boolean(form.selfStart);
  if (selfStart && wishedAt === null) page.refuse({ field: 'at', code: 'required' });
  const parts = [];
  for (const one of wanted) parts.push(await partOf(page, form, one));
  const { id: applicantId, displayName: applicantName } = page.who;
  return { id: ulid(), reason: String(form.reason), applicantId, applicantName, wishedAt, selfStart, parts };
}

async function partOf(page: Page, form: Form, { number, project, sees, rows, releases: kept }: Wanted) {
  const chosen = form[`hosts${number}`] as string[];
  const placed = (await placements.ofProject(page.db, project.id)).map(({ hostId }) => hostId);
  if (placed.length === 0) page.refuse({ field: `project${number}`, code: 'hosts_needed' });
  if (sees && chosen.length === 0) page.refuse({ field: `hosts${number}`, code: 'hosts_needed' });
  if (chosen.length > 0 && (!sees || chosen.some((host) => !placed.includes(host))))
    page.refuse({ field: `hosts${number}`, code: 'choice' });
  const rollbackId = String(form[`release${number}`] ?? '') || null;
  if (rollbackId && !kept.some((release) => release.id === rollbackId))
    page.refuse({ field: `release${number}`, code: 'choice' });
  const ref = String(form[`ref${number}`] || project.branch);
  const runs = sees ? rows : await hostRows(page, project);
  const questionId = await askChanges(page, project, commonRelease(runs)?.commit ?? null, ref);
  const hostIds = chosen.length === 0 || chosen.length === placed.length ? null : [...new Set(chosen)];
  const { id: projectId, key: projectKey, groupId } = project;
  return { projectId, projectKey, groupId, ref, hostIds, rollbackId, questionId };
}

function wishedAtOf(page: Page, text: string): number | null {
  if (!text) return null;
  const moment = momentOf(text, page.who.timeZone);
  if ('wrong' in moment) page.refuse({ field: 'at', code: moment.wrong });
  if (moment.at <= Date.now()) page.refuse({ field: 'at', code: 'at_past' });
  if (moment.at > Date.now() + 366 * 86_400_000) page.refuse({ field: 'at', code: 'at_far' });
  return moment.at;
}
