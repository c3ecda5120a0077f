import type { Admission, Passed } from '../model/admission.ts';
import type { Operation } from '../model/operation.ts';
import type { Project } from '../model/project.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as users from '../store/users.ts';
import { failureOf } from './failure.ts';
import type { Asked, Gate, Refusal } from './gates/gate.ts';
import { gates } from './gates/index.ts';
import { OperationStopped } from './operation-stopped.ts';
import { noteRefusedStart } from './refused-at-start.ts';
import type { Request } from './request.ts';
import type { Run } from './run.ts';
import { stillPermitted } from './still-permitted.ts';

/** What stands in the way of an operation, in the order of the gates. */
export async function refusals(
  db: Db,
  asked: Asked,
  all: readonly Gate[] = gates,
): Promise<(Refusal & { gate: string })[]> {
  const found: (Refusal & { gate: string })[] = [];
  for (const gate of all) {
    const refusal = await gate.judge(db, asked);
    if (refusal) found.push({ ...refusal, gate: gate.name });
  }
  return found;
}

/**
 * Lets an operation be launched.
 * @param pass an admin's reason to go past what may be passed; null: no such wish
 * @returns what was passed; null where nothing stood in the way
 * @throws CedarError of the first gate that refuses
 */
export async function admit(
  db: Db,
  asked: Asked,
  pass: string | null,
  all: readonly Gate[] = gates,
): Promise<Passed | null> {
  const found = await refusals(db, asked, all);
  if (found.length === 0) return null;
  const passes = pass !== null && (await isAdmin(db, asked.personId));
  const final = found.find(({ passable }) => !(passes && passable));
  if (final) throw final.error;
  return { gates: found.map(({ gate }) => gate), reason: pass! };
}

/** Judges whether a request may begin now. A webhook is nobody: its `by.id` is no person's. @throws as `admit` */
export async function admissionOf(db: Db, project: Project, request: Request): Promise<Admission> {
  const { kind, by, relation = null, tokenId = null, ticketId = null, pass } = request;
  const asked = {
    ...({ moment: 'launch', kind, relation, project, tokenId, ticketId, operationId: null } as const),
    production: await environments.isProduction(db, project.environment),
    personId: by.id,
  };
  const passed = await admit(db, asked, pass?.trim() || null);
  return { via: request.via ?? 'web', by: by.username, tokenId, passed };
}

/**
 * Judges once more as a worker starts the operation: it may have waited for one. What an admin passed stays passed.
 * @throws OperationStopped `permission_revoked`, or with the refusal of a gate, before anything was touched
 */
export async function admitAgain(run: Run): Promise<void> {
  const { operation } = run;
  const rows = await run.journal();
  if (rows.some((row) => row.state !== 'pending')) return;
  await stillPermitted(run);
  const passed = operation.admission?.passed?.gates ?? [];
  const found = await run.read((db) => refusals(db, askedOf(operation, 'start')));
  const final = found.find(({ gate }) => !passed.includes(gate));
  if (!final) return;
  await run.write((trx) => noteRefusedStart(trx, operation, final.error.code));
  throw new OperationStopped(failureOf(final.error, { stepKey: null, hostId: null }, run.forms), false);
}

/** What gates are asked about an operation that is queued already. */
export function askedOf(operation: Operation, moment: Asked['moment']): Asked {
  const { projectId, projectKey, environment, groupId, kind, relation, ticketId, requestedBy } = operation;
  return {
    ...{ moment, kind, relation, ticketId, operationId: operation.id },
    project: { id: projectId, key: projectKey, environment, groupId },
    production: operation.snapshot.project.production,
    personId: requestedBy,
    tokenId: operation.admission?.tokenId ?? null,
  };
}

async function isAdmin(db: Db, personId: string | null): Promise<boolean> {
  return personId !== null && (await users.person(db, personId))?.role === 'admin';
}
