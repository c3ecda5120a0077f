import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { type Expansion, expand } from '../../src/deploy/expand.ts';
import { type Reduction, reduce } from '../../src/deploy/reduce.ts';
import type { Host } from '../../src/model/host.ts';
import type { Operation } from '../../src/model/operation.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import * as environments from '../../src/store/environments.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { startFleet } from '../lab/fleet.ts';
import type { Rig } from '../lab/rig.ts';

/** A machine that nobody knows yet; its environment's settings lead to it. */
export class Newcomer {
  readonly rig: Rig;
  readonly machine: FleetHost;

  private constructor(rig: Rig, machine: FleetHost) {
    this.rig = rig;
    this.machine = machine;
  }

  static async start(rig: Rig, name: string): Promise<Newcomer> {
    const keys = new KeyFolder(join(rig.env.CEDAR_DATA_DIR!, 'keys'), rig.vault);
    const { line } = await keys.ensure('default');
    const [machine] = await startFleet(1, line, { name });
    await environments.update(rig.db, 'test', {
      ...{ production: false, position: 0, settings: machine!.settings() },
    });
    return new Newcomer(rig, machine!);
  }

  /** The same machine, seen from another project. */
  of(rig: Rig): Newcomer {
    return new Newcomer(rig, this.machine);
  }

  /** The call that brings it into the rig's project, with its right key unless told otherwise. */
  wish(more: Partial<Expansion> = {}): Expansion {
    const { machine, rig } = this;
    mkdirSync(join(machine.dir, 'ledgers'), { recursive: true });
    const env = Object.entries({ HOST: machine.address, LEDGER: rig.ledger(machine) });
    return {
      ...{ projectId: rig.project.id, address: machine.address, hostKey: machine.hostKey },
      ...{ name: machine.name, by: rig.by, via: 'api' },
      env: env.map(([name, value]) => ({ name, value: rig.vault.seal(value), secret: false })),
      ...more,
    };
  }

  expand(more: Partial<Expansion> = {}): Promise<Operation> {
    return expand(this.rig.db, this.wish(more));
  }

  async joins(more: Partial<Expansion> = {}): Promise<Operation> {
    return this.over(await this.expand(more), 'succeeded');
  }

  async leaves(more: Partial<Reduction> = {}): Promise<Operation> {
    const { rig, machine } = this;
    const wish = { projectId: rig.project.id, host: machine.address, by: rig.by, via: 'api' as const };
    return this.over(await reduce(rig.db, { ...wish, ...more }), 'succeeded');
  }

  async over({ id }: Pick<Operation, 'id'>, state: Operation['state']): Promise<Operation> {
    const operation = await this.rig.ended(id);
    if (operation.state === state) return operation;
    const why = `${operation.state}, not ${state}: ${JSON.stringify(operation.failure)}`;
    throw new Error(`${why}\n${await this.rig.timeline(id)}\n${await this.rig.logOf(id)}`);
  }

  /** Its rows in the inventory. */
  async rows(): Promise<{ hosts: Host[]; placements: number }> {
    const { rig, machine } = this;
    const known = (await hosts.all(rig.db)).filter(({ address }) => address === machine.address);
    const placed = await placements.ofProject(rig.db, rig.project.id);
    const own = placed.filter(({ hostId }) => known.some(({ id }) => id === hostId));
    return { hosts: known, placements: own.length };
  }

  /** What the project has on the machine: its link, its releases, its supervisor file, its running processes. */
  async traces(): Promise<{ link: boolean; releases: string[]; file: boolean; programs: string }> {
    const { machine, rig } = this;
    const { key } = rig.project;
    const releases = join(machine.hostPath, '.cedar', key, 'releases');
    return {
      link: rig.current(machine) !== null,
      releases: existsSync(releases) ? readdirSync(releases) : [],
      file: existsSync(join(machine.supervisorDir, `${key}.conf`)),
      programs: this.programs(),
    };
  }

  /** The project's processes as supervisor tells of them, or that it knows none. */
  private programs(): string {
    const [program, ...argv] = this.machine.supervisorctl;
    const { stdout } = spawnSync(program!, [...argv, 'status', `${this.rig.project.key}:*`], {
      encoding: 'utf8',
    });
    return /no such (?:group|process)/.test(stdout) ? '' : stdout.trim();
  }

  /** As if it had never been heard of. */
  async forget(): Promise<void> {
    const { rig } = this;
    const { hosts: known, placements: placed } = await this.rows();
    if (placed > 0) await this.leaves({ via: 'web' });
    for (const { id } of known) await hosts.remove(rig.db, id);
  }
}
