import { ulid } from 'ulid';
import { launch } from '../../../src/deploy/launch.ts';
import { tendTickets } from '../../../src/deploy/tend-tickets.ts';
import { defaultProjectSettings, type Project } from '../../../src/model/project.ts';
import { planHash } from '../../../src/model/ticket.ts';
import * as groups from '../../../src/store/groups.ts';
import * as hosts from '../../../src/store/hosts.ts';
import * as operationHosts from '../../../src/store/operation-hosts.ts';
import * as placements from '../../../src/store/placements.ts';
import * as projects from '../../../src/store/projects.ts';
import * as schedules from '../../../src/store/schedules.ts';
import * as changes from '../../../src/store/ticket-changes.ts';
import * as tickets from '../../../src/store/tickets.ts';
import { drifted } from '../../lab/drifting.ts';
import { recordHost, recordPlacements } from '../../lab/looks.ts';
import { type Town, town } from '../people.ts';
import { releaseOf, type Shop, shopIn } from '../shop.ts';
import type { Address } from './schema.ts';
import { ticketFor } from './ticket-for.ts';

type Names = Record<string, string>;

/** A console with something behind every address of the document. */
export type Examples = {
  t: Town;
  names: { ours: Names; foreign: Names; missing: Names };
  /** A body that is right for an address. @throws Error for an address without an example. */
  body(address: Address): object;
  query(address: Address): string;
  /** Brings about what a good call needs. */
  ready(address: Address): Promise<void>;
};

const KEY = `AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`;
const by = { id: ulid(), username: 'ada', displayName: 'Ada' };

export async function examplesIn(): Promise<Examples> {
  const t = await town({
    CEDAR_API_PER_MINUTE: '100000',
    CEDAR_SCALING_WAIT_SECONDS: '0',
    CEDAR_SCALING_PER_MINUTE: '10000',
  });
  const shop = await shopIn(t);
  const old = await releaseOf(t, shop.test);
  await lookedAt(t, shop);
  await drifted(t.db, (await placements.ofProject(t.db, shop.test.id))[0]!.id, old.id);
  const third = await hosts.add(t.db, { name: 'web3', address: '192.0.2.3', settings: {}, notes: null });
  await hosts.pin(t.db, third.id, { key: KEY, fingerprint: 'SHA256:y', by: 'admin' });
  const foreign = await foreignProject(t, shop);
  const ours: Names = { ...(await namesOf(t, shop.test)), host: shop.hostIds[0]! };
  const names = {
    ours,
    foreign: { ...(await namesOf(t, foreign)), host: shop.hostIds[0]! },
    missing: {
      ...{ project: 'test_none', operation: ulid(), placement: ulid(), host: ulid() },
      ticket: ulid(),
    },
  };
  const bodies: Record<string, object> = {
    post_projects_project_operations: { kind: 'rollback', release: old.name, hosts: ['web1'], reason: 'why' },
    post_projects: {
      ...{ environment: 'test', name: 'fresh', type: 'nodejs', groupId: t.groupId, port: 7000 },
      ...{ gitUrl: 'https://git.example.com/fresh.git', scaling: { floor: 0 }, checkHttp: false },
    },
    patch_projects_project: { branch: 'next', strategy: { kind: 'batches', batch: '25%' } },
    post_projects_project_clone: { environment: 'test', name: 'twin', groupId: t.groupId },
    post_projects_project_schedules: {
      ...{ kind: 'deploy', ref: 'main', at: new Date(Date.now() + 3_600_000).toISOString() },
    },
    post_projects_project_placements: { host: 'web3', processes: 2, deploy: true },
    patch_projects_project_placements_placement: { processes: 3 },
    post_hosts: {
      address: '192.0.2.60',
      sshUser: 'deploy',
      hostKey: KEY,
      supervisorctl: 'sudo -n supervisorctl',
    },
    patch_hosts_host: { notes: 'in the cellar', sshPort: null },
    post_operations_operation_cancel: { reason: 'the wrong branch' },
    post_operations_operation_resume: {},
    post_operations_operation_retry: {},
    post_operations_operation_rollback: {},
    post_operations_operation_pause: { reason: 'look' },
    post_operations_operation_continue: {},
    post_expansion: { project: shop.test.key, host: '192.0.2.50', reason: 'load', wait: false },
    post_reduced: { project: shop.test.key, host: 'web2', reason: 'calm', wait: false },
    post_operations_operation_unlock: { reason: 'it hangs' },
    post_tickets: {
      parts: [
        { project: shop.test.key, ref: 'main', hosts: ['web1'] },
        { project: shop.online.key, kind: 'restart' },
      ],
      ...{ reason: 'why', at: new Date(Date.now() + 3_600_000).toISOString(), selfStart: true },
    },
    post_tickets_ticket_approve: { plan: 'a'.repeat(64), days: 3, note: 'go' },
    post_tickets_ticket_refuse: { reason: 'not today' },
    post_tickets_ticket_close: { reason: 'done by hand' },
    post_tickets_ticket_withdraw: {},
    post_tickets_ticket_run: {},
  };
  const queries: Record<string, string> = {
    get_projects: '?limit=1',
    get_drift: `?project=${shop.test.key}&environment=test`,
    get_tickets: '?limit=1&of=waiting&q=why&mine=false',
    get_operations: '?limit=1&kind=restart',
    get_operations_operation: '?wait=0',
    get_operations_operation_log: '?after=0&wait=0',
  };
  return {
    t,
    names,
    body: ({ method, told }) => {
      if (method === 'GET' || method === 'DELETE') return {};
      const body = bodies[told.operationId];
      if (!body) throw new Error(`no example for ${told.operationId}`);
      return body;
    },
    query: ({ told }) => queries[told.operationId] ?? '',
    ready: async ({ method, path, told }) => {
      if (path.includes('{ticket}')) {
        const { id, plan } = await ticketReady(t, shop, told.operationId);
        ours.ticket = id;
        bodies.post_tickets_ticket_approve = { plan, days: 7 };
      }
      if (path.includes('{schedule}')) ours.schedule = await scheduled(t, shop);
      if (method === 'GET' && told.operationId !== 'get_operations_operation_events') return;
      await free(t);
      if (path.includes('{operation}'))
        ours.operation = await operationFor(t, shop, told.operationId, old.id);
    },
  };
}

/** A host and a service on it that were seen: well the one, failing the other. */
async function lookedAt(t: Town, shop: Shop): Promise<void> {
  await recordHost(t.db, shop.hostIds[0]!, { reachable: 'yes', supervisor: 'rpc', message: null });
  const [placement] = await placements.ofProject(t.db, shop.test.id);
  const seen = { placementId: placement!.id, state: 'failed' as const, since: 1, release: null };
  await recordPlacements(t.db, [{ ...seen, message: 'exit status 3', processes: [] }]);
}

async function foreignProject(t: Town, shop: Shop): Promise<Project> {
  const other = { id: ulid(), name: 'others', notes: null };
  await groups.add(t.db, other);
  const foreign = await projects.add(t.db, {
    ...{ environment: 'test', name: 'foreign', groupId: other.id, type: 'nodejs', port: 6000 },
    ...{ gitUrl: 'https://git.example.com/other.git', branch: 'main', settings: defaultProjectSettings },
    ...{ template: null, env: [], notes: null },
  });
  await placements.add(t.db, { projectId: foreign.id, hostId: shop.hostIds[0]!, processes: 1, env: [] });
  return foreign;
}

async function namesOf(t: Town, project: Project): Promise<Names> {
  const [placement] = await placements.ofProject(t.db, project.id);
  const hostIds = [placement!.hostId];
  const operation = await launch(t.db, { kind: 'restart', projectId: project.id, hostIds, by });
  const ticket = await ticketFor(t.db, project);
  return { project: project.key, operation: operation.id, placement: placement!.id, ticket };
}

/** A ticket of which the address can make something. */
async function ticketReady(t: Town, { test }: Shop, name: string): Promise<{ id: string; plan: string }> {
  await free(t);
  const admin = await t.db('users').where({ username: 'admin' }).first('id');
  const id = await ticketFor(t.db, test, name.endsWith('withdraw') ? admin.id : undefined);
  await tendTickets(t.db);
  const plan = planHash((await tickets.byId(t.db, id))!)!;
  if (name.endsWith('run')) await changes.approve(t.db, id, plan, { id: ulid(), name: 'Bob' }, 9e12, null);
  return { id, plan };
}

async function scheduled(t: Town, { test }: Shop): Promise<string> {
  const request = { kind: 'deploy' as const, hostIds: [], ref: 'main', releaseId: null, reason: null };
  const id = ulid();
  await schedules.add(t.db, {
    ...{ id, projectId: test.id, projectKey: test.key, groupId: test.groupId, at: Date.now() + 3_600_000 },
    request: { ...request, params: {}, strategy: null },
    ...{ graceSeconds: 0, askedBy: by.id, askedName: 'Ada', idempotencyKey: id },
  });
  return id;
}

/** Nothing holds any project any more. */
async function free(t: Town): Promise<void> {
  await t.db('locks').update({ operation_id: null, held_since: null, owner: null });
  await t
    .db('operations')
    .whereIn('state', ['queued', 'running'])
    .update({ state: 'failed', finished_at: 1 });
}

/** An operation of which the address can make something. */
async function operationFor(t: Town, shop: Shop, name: string, releaseId: string): Promise<string> {
  const request = { projectId: shop.test.id, hostIds: shop.hostIds, by };
  const { id } = await launch(t.db, { ...request, kind: 'deploy' });
  if (/_(cancel|unlock|pause)$/.test(name)) return id;
  await free(t);
  const [first] = await operationHosts.ofOperation(t.db, id);
  const touched = { state: 'failed', release_before: releaseId, release_after: ulid() };
  await t.db('operation_hosts').where({ operation_id: id, host_id: first!.hostId }).update(touched);
  return id;
}
