import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { Vault } from '../../src/auth/vault.ts';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { launch, type Request } from '../../src/deploy/launch.ts';
import { isLive, type Operation } from '../../src/model/operation.ts';
import type { Adoption, Placement } from '../../src/model/placement.ts';
import { defaultProjectSettings, type Project, type ProjectSettings } from '../../src/model/project.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import type { Db } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as logs from '../../src/store/logs.ts';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as steps from '../../src/store/steps.ts';
import * as users from '../../src/store/users.ts';
import { type DatabaseKind, freshDatabase } from './database.ts';
import { startFleet } from './fleet.ts';
import { SampleRepository } from './sample-app.ts';
import { WorkerProcess } from './worker-process.ts';

export type Start = { port: number; pid: number; at: number; dir: string };

/** Database, hosts, a repository and a project on all hosts: what the engine's tests run against. */
export class Rig {
  readonly db: Db;
  readonly env: Record<string, string>;
  readonly vault: Vault;
  readonly fleet: FleetHost[];
  readonly repository: SampleRepository;
  readonly by = { id: ulid(), username: 'tester', displayName: 'tester' };
  project!: Project;
  hostIds: string[] = [];

  private constructor(db: Db, env: Record<string, string>, vault: Vault, fleet: FleetHost[]) {
    this.db = db;
    this.env = env;
    this.vault = vault;
    this.fleet = fleet;
    this.repository = new SampleRepository();
  }

  static async start(options: { hosts?: number; database?: DatabaseKind } = {}): Promise<Rig> {
    const { db, env } = await freshDatabase(options.database ?? 'sqlite');
    const masterKey = randomBytes(32);
    const vault = new Vault(masterKey);
    const secrets = {
      CEDAR_MASTER_KEY: masterKey.toString('base64'),
      CEDAR_SESSION_SECRET: randomBytes(32).toString('base64'),
    };
    const { line } = await new KeyFolder(join(env.CEDAR_DATA_DIR, 'keys'), vault).ensure('default');
    const fleet = await startFleet(options.hosts ?? 2, line);
    const rig = new Rig(db, { ...env, ...secrets }, vault, fleet);
    await users.add(db, { ...rig.by, passwordHash: 'none', role: 'admin' });
    await environments.add(db, { name: 'test', production: false, position: 0, settings: {} });
    for (const host of fleet) rig.hostIds.push(await rig.addHost(host));
    return rig;
  }

  private async addHost({ name, address, hostKey, ...host }: FleetHost): Promise<string> {
    const settings = this.fleet.find((one) => one.name === name)!.settings();
    const { id } = await hosts.add(this.db, { name, address, settings, notes: null });
    await hosts.pin(this.db, id, {
      key: this.fleet.find((one) => one.name === name)!.hostKey,
      fingerprint: 'SHA256:test',
      by: 'tester',
    });
    void host;
    return id;
  }

  /** A project of the sample repository on every host; `more` is what differs from a nodejs project. */
  async addProject(
    name: string,
    settings: Partial<ProjectSettings> = {},
    processes = 1,
    more: Partial<Pick<Project, 'type' | 'gitUrl' | 'branch' | 'template' | 'env' | 'port'>> = {},
  ): Promise<Project> {
    const groupId = ulid();
    await groups.add(this.db, { id: groupId, name: `group-${name}`, notes: null });
    const port = await freePort(this.fleet[0]!.address);
    this.project = await projects.add(this.db, {
      environment: 'test',
      name,
      groupId,
      type: 'nodejs',
      gitUrl: this.repository.url,
      branch: 'main',
      port,
      settings: { ...defaultProjectSettings, startSeconds: 1, stopSeconds: 5, ...settings },
      template: null,
      env: [],
      notes: null,
      ...more,
    });
    for (const [index, host] of this.fleet.entries()) {
      const env = Object.entries({ HOST: host.address, LEDGER: this.ledger(host) });
      mkdirSync(join(host.dir, 'ledgers'), { recursive: true });
      await placements.add(this.db, {
        projectId: this.project.id,
        hostId: this.hostIds[index]!,
        processes,
        env: env.map(([variable, value]) => ({
          name: variable,
          value: this.vault.seal(value),
          secret: false,
        })),
      });
    }
    return this.project;
  }

  /** Adds variables to the project, so that its configuration changes. */
  async changeEnv(variables: Record<string, string>, secret = false): Promise<void> {
    const { id, revision } = (await projects.byId(this.db, this.project.id))!;
    const env = Object.entries(variables).map(([name, value]) => ({
      name,
      value: this.vault.seal(value),
      secret,
    }));
    this.project = await projects.update(this.db, id, revision, { ...this.project, env });
  }

  async change(settings: Partial<ProjectSettings>): Promise<void> {
    const { id, revision, settings: now } = (await projects.byId(this.db, this.project.id))!;
    this.project = await projects.update(this.db, id, revision, {
      ...this.project,
      settings: { ...now, ...settings },
    });
  }

  /** Agrees to what an adoption keeps beside the releases. */
  async agree(placementId: string, keep: Adoption['keep']): Promise<void> {
    await placements.agree(this.db, placementId, { agreedBy: 'tester', agreedAt: Date.now(), keep });
  }

  placements(): Promise<Placement[]> {
    return placements.ofProject(this.db, this.project.id);
  }

  startWorker(env: Record<string, string> = {}): WorkerProcess {
    return new WorkerProcess({ ...this.env, ...env });
  }

  launch(request: Partial<Request> & Pick<Request, 'kind'>): Promise<Operation> {
    return launch(this.db, { projectId: this.project.id, hostIds: this.hostIds, by: this.by, ...request });
  }

  async ended(id: string, deadlineMs = 60_000): Promise<Operation> {
    let found: Operation | null = null;
    const isOver = async () => {
      found = await operations.byId(this.db, id);
      return found !== null && !isLive(found.state);
    };
    await until(`operation ${id} is over`, isOver, deadlineMs, 50);
    return found!;
  }

  /** Launches and waits for the end; the whole log is in the error of a test that expects another state. */
  async run(
    request: Partial<Request> & Pick<Request, 'kind'>,
    state: Operation['state'] = 'succeeded',
  ): Promise<Operation> {
    const { id } = await this.launch(request);
    const operation = await this.ended(id);
    if (operation.state !== state) {
      throw new Error(
        `${operation.state}, not ${state}: ${JSON.stringify(operation.failure)}\n${await this.logOf(id)}`,
      );
    }
    return operation;
  }

  async logOf(id: string): Promise<string> {
    return (await logs.after(this.db, id, 0, 10_000)).map((chunk) => chunk.text).join('');
  }

  /** Each step with its state and milliseconds, in the order of the plan: for people who read a failed test. */
  async timeline(id: string): Promise<string> {
    const rows = await steps.ofOperation(this.db, id);
    return rows
      .map((row) => `${row.stepKey} ${row.state} ${(row.endedAt ?? 0) - (row.startedAt ?? 0)} ms`)
      .join('\n');
  }

  ledger(host: FleetHost): string {
    return join(host.dir, 'ledgers', this.project.key);
  }

  /** Every start of the app on a host. */
  starts(host: FleetHost): Start[] {
    const file = this.ledger(host);
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  /** The release folder that the project's link points to; null without a link. */
  current(host: FleetHost): string | null {
    const link = join(host.hostPath, this.project.key);
    return existsSync(link) ? (readlinkSync(link).split('/').at(-1) ?? null) : null;
  }

  async version(host: FleetHost, process = 0): Promise<string> {
    const response = await fetch(`http://${host.address}:${this.project.port! + process}/`);
    return (await response.text()).trim();
  }
}
