import { ulid } from 'ulid';
import type { OperationKind } from '../model/operation.ts';
import type { Project } from '../model/project.ts';
import type { Db } from '../store/database.ts';
import * as environments from '../store/environments.ts';
import * as hosts from '../store/hosts.ts';
import * as imported from '../store/imported.ts';
import { addPast } from '../store/past-operations.ts';
import * as projects from '../store/projects.ts';
import { projectSnapshot } from '../store/snapshot.ts';
import { writing } from '../store/transaction.ts';
import type { Findings } from './finding.ts';
import { oneLine } from './one-line.ts';
import type { OldOperation } from './rows.ts';

const kinds: Record<string, OperationKind> = {
  serviceUpdate: 'deploy',
  serviceFallback: 'rollback',
  serviceFastback: 'fast-rollback',
  serviceRestart: 'restart',
  serviceFastrestart: 'restart',
  serviceStop: 'stop',
  serviceExpansion: 'expansion',
};

/** How it ended there; what waits or runs is taken by a later run, when it is over. */
const states: Record<string, 'succeeded' | 'failed'> = { ok: 'succeeded', fail: 'failed', error: 'failed' };

/** Taken in one transaction: so many, that nobody waits for it for long. */
const AT_ONCE = 200;

/**
 * Takes the history of the projects that are here, a part at a time: what was taken before is passed over, so a run
 * that was interrupted is begun again.
 * @param write false: only says what would be taken
 */
export async function takeHistory(
  db: Db,
  old: OldOperation[],
  findings: Findings,
  write: boolean,
): Promise<void> {
  for (let from = 0; from < old.length; from += AT_ONCE) {
    const part = old.slice(from, from + AT_ONCE);
    await writing(db, (trx) => takePart(trx, part, findings, write));
  }
}

async function takePart(trx: Db, part: OldOperation[], findings: Findings, write: boolean): Promise<void> {
  const ids = part.map(({ taskId }) => taskId);
  const before = await imported.known(trx, 'operation', ids);
  const addresses = new Map((await hosts.all(trx)).map((host) => [host.address, host]));
  const found = new Map<string, Project | null>();
  for (const one of part) {
    if (!found.has(one.project)) found.set(one.project, await projects.byKey(trx, one.project));
    const project = found.get(one.project) ?? null;
    const kind = Object.hasOwn(kinds, one.operation) ? kinds[one.operation] : undefined;
    const state = Object.hasOwn(states, one.status) ? states[one.status] : undefined;
    const at = Math.round(Number(one.taskId) * 1000);
    const name = `${one.taskId} ${one.project}`;
    if (before.has(one.taskId)) findings.add('operation', name, 'there');
    else if (!project) findings.add('operation', name, 'left', 'its project is not here');
    else if (!kind) findings.add('operation', name, 'left', `"${one.operation}" is no operation known here`);
    else if (!(at > 0 && at < Date.now())) findings.add('operation', name, 'left', 'its number is no time');
    else if (!state) findings.add('operation', name, 'left', 'how it ended is not known (yet)');
    else {
      if (write) await keep(trx, one, { project, kind, at, state, addresses });
      findings.add('operation', name, 'taken');
    }
  }
}

type Known = {
  project: Project;
  kind: OperationKind;
  at: number;
  state: 'succeeded' | 'failed';
  addresses: Map<string, { id: string; name: string }>;
};

async function keep(
  trx: Db,
  old: OldOperation,
  { project, kind, at, state, addresses }: Known,
): Promise<void> {
  const environment = await environments.byName(trx, project.environment);
  if (!environment) return;
  const names = old.hosts.split(/[\s,]+/).flatMap((address) => addresses.get(address) ?? []);
  const id = ulid(at);
  const log = old.logPath === '' ? '' : `; ${old.logPath}`;
  await addPast(trx, {
    ...{ id, projectId: project.id, projectKey: project.key, environment: project.environment },
    ...{ groupId: project.groupId, kind, createdAt: at },
    ref: kind === 'deploy' ? project.branch : null,
    commit: /^[0-9a-f]{40}$/.test(old.commit) ? old.commit : null,
    snapshot: { project: projectSnapshot(project, environment), hosts: [], params: {} },
    requestedName: oneLine(old.user, 128) || '?',
    requestedBy: null,
    reason: oneLine(`${old.tag}${log}`, 500) || null,
    state,
    hosts: [...new Map(names.map((host) => [host.id, { hostId: host.id, hostName: host.name }])).values()],
  });
  await imported.remember(trx, 'operation', old.taskId, id);
}
