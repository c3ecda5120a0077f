import { ulid } from 'ulid';
import { isGitRef } from '../../model/git-ref.ts';
import type { Project } from '../../model/project.ts';
import { ticketKinds } from '../../model/ticket.ts';
import { reaches } from '../../model/token.ts';
import type { Db } from '../../store/database.ts';
import * as environments from '../../store/environments.ts';
import * as hosts from '../../store/hosts.ts';
import * as projects from '../../store/projects.ts';
import * as releases from '../../store/releases.ts';
import type { NewTicket } from '../../store/tickets.ts';
import { newPart } from '../tickets/part.ts';
import type { Call } from './call.ts';
import { z } from './schemas/z.ts';

const YEAR_MS = 366 * 86_400_000;
const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\x00-\x1f\x7f]*$/, 'line');

const part = z
  .object({
    project: z.string().min(1).max(80).describe('Key or id'),
    kind: z.enum(ticketKinds).optional().describe('deploy, where it is left out'),
    ref: z
      .string()
      .max(200)
      .refine(isGitRef, 'ref')
      .optional()
      .describe('deploy: branch, tag or commit; left out: the branch of the project'),
    release: text(120)
      .optional()
      .describe('promote: id of one of another project; rollback: id or name of a kept one'),
    restart: z.boolean().optional().describe('push-configuration: have the processes take it over'),
    hosts: z.array(z.string().min(1).max(253)).min(1).max(1000).optional().describe('Left out: every host'),
    rollback: text(120).optional().describe('deploy, promote: id or name of the release to go back to'),
  })
  .strict();

/** A ticket as a program files it; its parts are carried out in their order. */
export const filingBody = z.object({
  parts: z.array(part).min(1).max(5),
  reason: text(500),
  at: z.iso.datetime({ offset: true, error: 'moment' }).optional().describe('Wished time, as ISO 8601'),
  selfStart: z.boolean().optional().describe('Starts itself then, once it is approved'),
});
type Filing = z.output<typeof filingBody>;

/** @throws InvalidForm naming each field that does not fit */
export async function filingOf(call: Call, db: Db, filing: Filing): Promise<NewTicket> {
  const wishedAt = filing.at === undefined ? null : Date.parse(filing.at);
  const selfStart = filing.selfStart ?? false;
  if (wishedAt !== null && wishedAt <= Date.now()) call.refuse({ field: 'at', code: 'at_past' });
  if (wishedAt !== null && wishedAt > Date.now() + YEAR_MS) call.refuse({ field: 'at', code: 'at_far' });
  if (selfStart && wishedAt === null) call.refuse({ field: 'at', code: 'required' });
  const parts: NewTicket['parts'] = [];
  for (const [index, wish] of filing.parts.entries()) {
    const made = await partOf(call, db, wish, `parts.${index}`);
    if (parts.some(({ projectId }) => projectId === made.projectId))
      call.refuse({ field: `parts.${index}.project`, code: 'twice' });
    parts.push(made);
  }
  const { id: applicantId, displayName: applicantName } = call.by;
  return { id: ulid(), reason: filing.reason, applicantId, applicantName, wishedAt, selfStart, parts };
}

async function partOf(call: Call, db: Db, wish: Filing['parts'][number], place: string) {
  const refuse = (field: string, code: string): never => call.refuse({ field: `${place}.${field}`, code });
  const { kind = 'deploy', ref = null, restart = false } = wish;
  const project = (await projects.byKey(db, wish.project)) ?? (await projects.byId(db, wish.project));
  if (!project || !isReached(call, project)) return refuse('project', 'choice');
  if (ref !== null && kind !== 'deploy') refuse('ref', 'not_for_kind');
  if (restart && kind !== 'push-configuration') refuse('restart', 'not_for_kind');
  const sees = async ({ id: projectId, groupId, environment }: Project) => {
    const production = await environments.isProduction(db, environment);
    return call.may('project.see', { projectId, groupId, production });
  };
  const filer = { db, settings: call.settings, t: call.t, who: call.caller.person, sees };
  const releaseId = await idOf(db, project, wish.release);
  const rollbackId = await idOf(db, project, wish.rollback);
  const hostIds = await hostIdsOf(db, wish.hosts ?? [], refuse);
  return newPart(filer, { project, kind, ref, restart, hostIds, releaseId, rollbackId }, refuse);
}

function isReached(call: Call, { id: projectId, groupId }: Project): boolean {
  return reaches(call.caller.token.reach, { projectId, groupId });
}

/** A release of the project by its name; else it is an id. */
async function idOf(db: Db, project: Project, name: string | undefined): Promise<string | null> {
  if (name === undefined) return null;
  const named = (await releases.kept(db, project.id)).find((release) => release.name === name);
  return named?.id ?? name;
}

async function hostIdsOf(db: Db, names: string[], refuse: (field: string, code: string) => never) {
  const all = names.length === 0 ? [] : await hosts.all(db);
  return names.map((name, index) => {
    const host = all.find((one) => [one.id, one.name, one.address].includes(name));
    return host?.id ?? refuse(`hosts.${index}`, 'host_of_project');
  });
}
