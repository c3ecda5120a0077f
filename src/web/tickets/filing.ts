import { ulid } from 'ulid';
import { z } from 'zod';
import { hasConfiguration } from '../../deploy/push-configuration.ts';
import { isGitRef } from '../../model/git-ref.ts';
import type { Project } from '../../model/project.ts';
import type { Release } from '../../model/release.ts';
import { type TicketKind, ticketKinds } from '../../model/ticket.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import type { NewTicket } from '../../store/tickets.ts';
import { type HostRow, hostRows } from '../deploy/hosts.ts';
import { type Source, sourcesOf } from '../deploy/sources.ts';
import type { FormField } from '../field.ts';
import { checkbox, line, many } from '../form.ts';
import type { Page } from '../page.ts';
import { subjectOf } from '../subjects.ts';
import { momentOf } from '../zoned-time.ts';
import { newPart } from './part.ts';

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
    [`kind${number}`, z.enum(ticketKinds).optional()],
    [`what${number}`, z.union([id, z.literal('')]).optional()],
    [`restart${number}`, checkbox],
  ]),
);

export const ticketForm = z.object({
  ...(parts as Record<
    `project${number}` | `ref${number}` | `release${number}` | `what${number}` | `kind${number}`,
    typeof key
  >),
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
  /** What could be promoted to it. */
  sources: Source[];
  kinds: readonly TicketKind[];
  fields: Record<'kind' | 'ref' | 'hosts' | 'what' | 'restart' | 'release', FormField>;
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
    ...{ [`kind${number}`]: 'deploy', [`ref${number}`]: project.branch, [`what${number}`]: '' },
    ...{ [`hosts${number}`]: rows.map((row) => row.host.id), [`release${number}`]: '' },
    [`restart${number}`]: false,
  } as Record<string, string | string[] | boolean>);
  const names = ['kind', 'ref', 'hosts', 'what', 'restart', 'release'] as const;
  return {
    ...{ number, project, sees, rows },
    releases: sees ? await releases.kept(page.db, project.id) : [],
    sources: await sourcesOf(page, project),
    kinds: ticketKinds.filter((kind) => kind !== 'push-configuration' || hasConfiguration(project)),
    fields: Object.fromEntries(names.map((name) => [name, fields[`${name}${number}`]!])) as Wanted['fields'],
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

async function partOf(page: Page, form: Form, { number, project, sees }: Wanted) {
  const hostIds = form[`hosts${number}`] as string[];
  if (sees && hostIds.length === 0) page.refuse({ field: `hosts${number}`, code: 'hosts_needed' });
  const kind = (form[`kind${number}`] || 'deploy') as TicketKind;
  const text = (name: string) => String(form[`${name}${number}`] ?? '') || null;
  const wish = { project, kind, hostIds, ref: text('ref'), releaseId: text('what') };
  const filer = {
    ...{ db: page.db, settings: page.settings, t: page.t, who: page.who },
    sees: async (other: Project) => page.may('project.see', await subjectOf(page, other)),
  };
  const restart = Boolean(form[`restart${number}`]);
  return newPart(filer, { ...wish, restart, rollbackId: text('release') }, (field, code) =>
    page.refuse({ field: `${fieldNames[field] ?? field}${number}`, code }),
  );
}

/** The form's names of what a part refuses, where they are others. */
const fieldNames: Record<string, string> = { release: 'what', rollback: 'release' };

function wishedAtOf(page: Page, text: string): number | null {
  if (!text) return null;
  const moment = momentOf(text, page.who.timeZone);
  if ('wrong' in moment) page.refuse({ field: 'at', code: moment.wrong });
  if (moment.at <= Date.now()) page.refuse({ field: 'at', code: 'at_past' });
  if (moment.at > Date.now() + 366 * 86_400_000) page.refuse({ field: 'at', code: 'at_far' });
  return moment.at;
}
