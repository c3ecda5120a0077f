import { ulid } from 'ulid';
import { launch, type Request } from '../../src/deploy/launch.ts';
import type { Operation } from '../../src/model/operation.ts';
import { defaultProjectSettings, type Project } from '../../src/model/project.ts';
import type { Release } from '../../src/model/release.ts';
import type { StepRow } from '../../src/model/step.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as journal from '../../src/store/journal.ts';
import * as locks from '../../src/store/locks.ts';
import { append } from '../../src/store/log-writer.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as releases from '../../src/store/releases.ts';
import * as steps from '../../src/store/steps.ts';
import type { Town } from './people.ts';

/** A project in production and one in test, both on two hosts. */
export type Shop = { online: Project; test: Project; hostIds: string[] };

export async function shopIn(t: Town): Promise<Shop> {
  await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
  await environments.add(t.db, { name: 'online', production: true, position: 2, settings: {} });
  const hostIds = [];
  for (const [name, address] of [
    ['web1', '192.0.2.1'],
    ['web2', '192.0.2.2'],
  ]) {
    const host = await hosts.add(t.db, { name: name!, address: address!, settings: {}, notes: null });
    await hosts.pin(t.db, host.id, { key: 'AAAA', fingerprint: 'SHA256:x', by: 'admin' });
    hostIds.push(host.id);
  }
  const [test, online] = [await project(t, 'test', 4000), await project(t, 'online', 5000)];
  for (const one of [test, online])
    for (const hostId of hostIds)
      await placements.add(t.db, { projectId: one.id, hostId, processes: 2, env: [] });
  return { online, test, hostIds };
}

function project(t: Town, environment: string, port: number): Promise<Project> {
  return projects.add(t.db, {
    ...{ environment, name: 'shop', groupId: t.groupId, type: 'nodejs', port },
    ...{ gitUrl: 'https://git.example.com/shop.git', branch: 'main', settings: defaultProjectSettings },
    ...{ template: null, env: [], notes: null },
  });
}

/** An operation as its page finds it, and a worker that the tests lead by hand. */
export class Run {
  readonly t: Town;
  readonly operation: Operation;
  readonly lease: locks.Lease;

  constructor(t: Town, operation: Operation, lease: locks.Lease) {
    this.t = t;
    this.operation = operation;
    this.lease = lease;
  }

  get path(): string {
    return `/operations/${this.operation.id}`;
  }

  async step(stepKey: string): Promise<StepRow> {
    const all = await steps.ofOperation(this.t.db, this.operation.id);
    const step = all.find((candidate) => candidate.stepKey === stepKey);
    if (!step) throw new Error(`no step ${stepKey} among ${all.map((one) => one.stepKey)}`);
    return step;
  }

  async begin(stepKey: string): Promise<StepRow> {
    const step = await this.step(stepKey);
    await journal.fenced(this.t.db, this.lease, (trx) => journal.intend(trx, this.lease, step.id, 1));
    return this.step(stepKey);
  }

  async end(stepKey: string, state: 'done' | 'failed' | 'unknown' = 'done'): Promise<void> {
    const step = await this.step(stepKey);
    await journal.fenced(this.t.db, this.lease, (trx) => journal.conclude(trx, step.id, state, {}));
  }

  /** Writes one chunk of a step's log; gives its number. */
  async say(stepKey: string, text: string, capBytes = 8_388_608): Promise<number> {
    const { id } = await this.step(stepKey);
    return journal.fenced(this.t.db, this.lease, (trx) =>
      append(trx, this.operation.id, [{ stepId: id, text, offset: null }], capBytes),
    );
  }

  async host(hostId: string, change: Parameters<typeof journal.markHost>[3]): Promise<void> {
    await journal.fenced(this.t.db, this.lease, (trx) =>
      journal.markHost(trx, this.operation.id, hostId, change),
    );
  }

  async finish(state: Operation['state'], failure: Operation['failure'] = null): Promise<void> {
    await journal.fenced(this.t.db, this.lease, (trx) => journal.finish(trx, this.lease, state, failure));
  }
}

/** Launches an operation and claims it. */
export async function runIn(t: Town, shop: Shop, of: Project, request: Partial<Request> = {}): Promise<Run> {
  const operation = await launch(t.db, {
    ...{ kind: 'deploy' as const, projectId: of.id, hostIds: shop.hostIds },
    ...{ by: { id: ulid(), username: 'ada', displayName: 'Ada' }, ...request },
  });
  const lock = await locks.ofProject(t.db, of.id);
  const lease = await locks.claim(t.db, lock!, ulid(), 3600);
  await journal.startOperation(t.db, lease!);
  return new Run(t, operation, lease!);
}

/** A kept release of a project. */
export async function releaseOf(t: Town, of: Project, over: Partial<Release> = {}): Promise<Release> {
  const id = ulid();
  const release: Release = {
    ...{
      id,
      projectId: of.id,
      name: `online-${id.slice(-6)}`,
      commit: 'a'.repeat(40),
      subject: 'First',
      author: 'Ada',
    },
    ...{ committedAt: 1, configHash: 'c', manifestHash: 'm', files: 1, bytes: 1, state: 'kept' as const },
    ...{ goodAt: 1, badAt: null, pinned: false, operationId: ulid(), builtAt: 1, ...over },
  };
  await releases.add(t.db, release);
  return release;
}
