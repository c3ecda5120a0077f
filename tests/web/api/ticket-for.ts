import { ulid } from 'ulid';
import type { Project } from '../../../src/model/project.ts';
import type { Db } from '../../../src/store/database.ts';
import * as tickets from '../../../src/store/tickets.ts';

/** A waiting ticket for a restart of a project, of nobody who is there unless an applicant is named. */
export async function ticketFor(db: Db, project: Project, applicantId: string = ulid()): Promise<string> {
  const id = ulid();
  const { id: projectId, key: projectKey, groupId } = project;
  const part = { projectId, projectKey, groupId, kind: 'restart' as const, ref: '', hostIds: null };
  await tickets.add(db, {
    ...{ id, reason: 'why', applicantId, applicantName: 'Grace', wishedAt: null, selfStart: false },
    parts: [{ ...part, rollbackId: null, questionId: null }],
  });
  return id;
}
