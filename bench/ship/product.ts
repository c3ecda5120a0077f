import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ulid } from 'ulid';
import { built } from '../../scripts/build.mjs';
import { Vault } from '../../src/auth/vault.ts';
import { launch, type Request } from '../../src/deploy/launch.ts';
import { isLive, type Operation } from '../../src/model/operation.ts';
import { defaultProjectSettings, type Project } from '../../src/model/project.ts';
import { defaultStrategy } from '../../src/model/strategy.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as operations from '../../src/store/operations.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as steps from '../../src/store/steps.ts';
import * as users from '../../src/store/users.ts';
import type { Machine } from './machines.ts';

/** Releases that are kept; so many deploys come before the first that is measured. */
export const KEEP = 3;

type Asked = Partial<Request> & Pick<Request, 'kind' | 'projectId' | 'hostIds'>;

/** The product as it runs in production: its database, a worker in a process of its own, its own settings. */
export class Product {
  readonly db: Db;
  readonly line: string;
  readonly dir: string;
  readonly #vault: Vault;
  readonly #env: Record<string, string>;
  readonly #by = { id: ulid(), username: 'bench', displayName: 'bench' };
  readonly #hostIds = new Map<string, string>();
  #worker: ReturnType<typeof spawn> | null = null;

  private constructor(dir: string, db: Db, vault: Vault, line: string, env: Record<string, string>) {
    this.dir = dir;
    this.db = db;
    this.line = line;
    this.#vault = vault;
    this.#env = env;
  }

  static async open(dir: string): Promise<Product> {
    const masterKey = randomBytes(32);
    const vault = new Vault(masterKey);
    const db = openDatabase({ databaseUrl: '', dataDir: dir });
    await db.migrate.latest();
    const { line } = await new KeyFolder(join(dir, 'keys'), vault).ensure('default');
    const product = new Product(dir, db, vault, line, {
      CEDAR_DATA_DIR: dir,
      CEDAR_MASTER_KEY: masterKey.toString('base64'),
      CEDAR_SESSION_SECRET: randomBytes(32).toString('base64'),
      // The repository is a path of this machine; nothing is built.
      CEDAR_ALLOW_INSECURE_GIT: 'true',
      CEDAR_ALLOW_LOOPBACK_HOSTS: 'true',
      CEDAR_BUILD_ISOLATION: 'none',
      // How long a person wants a process to have been up is no cost of a deploy.
      CEDAR_STABLE_SECONDS: '0',
    });
    await users.add(db, { ...product.#by, passwordHash: 'none', role: 'admin' });
    await environments.add(db, { name: 'bench', production: false, position: 0, settings: {} });
    return product;
  }

  /**
   * A static project on these machines: nothing is built, nothing is restarted; all hosts are one wave. It keeps three
   * releases, so that each measured deploy also removes one: so it is in the long run, which the first rounds reach.
   */
  async addProject(
    name: string,
    gitUrl: string,
    machines: Machine[],
    more: Partial<Project> = {},
    envOf: (machine: Machine) => Record<string, string> = () => ({}),
  ): Promise<Project> {
    const groupId = ulid();
    await groups.add(this.db, { id: groupId, name, notes: null });
    const strategy = { ...defaultStrategy, kind: 'batches' as const, batch: '100%' };
    const settings = { ...defaultProjectSettings, strategy, keep: KEEP };
    const common = { environment: 'bench', gitUrl, branch: 'main', template: null, env: [], notes: null };
    const draft = { ...common, name, groupId, type: 'static', port: null, settings, ...more };
    const project = await projects.add(this.db, draft);
    const hostIds = await this.hostIds(machines);
    for (const [index, machine] of machines.entries()) {
      const variables = Object.entries(envOf(machine));
      const env = variables.map(([variable, value]) => ({
        name: variable,
        value: this.seal(value),
        secret: false,
      }));
      await placements.add(this.db, { projectId: project.id, hostId: hostIds[index]!, processes: 1, env });
    }
    return project;
  }

  /** Ids of machines, which are entered into the inventory first where they are new. */
  async hostIds(machines: Machine[]): Promise<string[]> {
    for (const { name, sshd, settings } of machines) {
      if (this.#hostIds.has(name)) continue;
      const { id } = await hosts.add(this.db, { name, address: sshd.address, settings, notes: null });
      await hosts.pin(this.db, id, { key: sshd.hostKey, fingerprint: 'SHA256:bench', by: 'bench' });
      this.#hostIds.set(name, id);
    }
    return machines.map(({ name }) => this.#hostIds.get(name)!);
  }

  /** Enters what has changed of machines. */
  async update(machines: Machine[], sshPort?: (machine: Machine) => number): Promise<void> {
    const ids = await this.hostIds(machines);
    for (const [index, machine] of machines.entries()) {
      const { name, sshd } = machine;
      const settings = { ...machine.settings, ...(sshPort && { sshPort: sshPort(machine) }) };
      await hosts.update(this.db, ids[index]!, { name, address: sshd.address, settings, notes: null });
    }
  }

  /** Starts the worker as `npm run worker` does. */
  startWorker(): void {
    const log = openSync(join(this.dir, 'worker.log'), 'a');
    const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_ENV: 'production' };
    const flags = (process.env.SHIP_WORKER_FLAGS ?? '--max-semi-space-size=2').split(' ');
    const program = join(built(join(import.meta.dirname, '../..')), 'src/bin/worker.js');
    this.#worker = spawn(process.execPath, [...flags, program], {
      env: { ...env, ...this.#env },
      stdio: ['ignore', log, log],
    });
  }

  /** From the launch to the end, as a person would see it. @throws Error where it did not succeed */
  async run(asked: Asked): Promise<Operation> {
    const { id } = await launch(this.db, { by: this.#by, ...asked });
    for (;;) {
      const operation = await operations.byId(this.db, id);
      if (operation && !isLive(operation.state)) return succeeded(operation);
      await pause(20);
    }
  }

  /** Each step of an operation with its begin and end in milliseconds since the launch. */
  async timeline({ id, createdAt }: Operation): Promise<string> {
    const rows = await steps.ofOperation(this.db, id);
    const since = (at: number | null) => (at === null ? '-' : at - createdAt);
    return rows
      .map((row) => `${row.name} ${row.state} ${since(row.startedAt)}..${since(row.endedAt)}`)
      .join('\n');
  }

  /** Seconds from the begin of the first host's stage to the end of the last one's, as the journal has it. */
  async staging(id: string): Promise<number> {
    const rows = (await steps.ofOperation(this.db, id)).filter(({ name }) => name === 'stage');
    const [begin, end] = [rows.map((row) => row.startedAt ?? 0), rows.map((row) => row.endedAt ?? 0)];
    return (Math.max(...end) - Math.min(...begin)) / 1000;
  }

  /** How many files of the tree an operation's stage sent to hosts, as the journal has it. */
  async filesSent(id: string): Promise<number> {
    const rows = (await steps.ofOperation(this.db, id)).filter(({ name }) => name === 'stage');
    return rows.reduce(
      (sum, { evidence }) => sum + Number((evidence as { sent?: number } | null)?.sent ?? Number.NaN),
      0,
    );
  }

  seal(value: string): string {
    return this.#vault.seal(value);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker && worker.exitCode === null) {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.kill('SIGTERM');
      await ended;
    }
    await this.db.destroy();
  }
}

function succeeded(operation: Operation): Operation {
  if (operation.state === 'succeeded') return operation;
  throw new Error(`${operation.kind} ${operation.state}: ${JSON.stringify(operation.failure)}`);
}
