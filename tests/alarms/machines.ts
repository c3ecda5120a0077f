import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { alarmPass, type PassRules, passRules } from '../../src/alarms/pass.ts';
import { Vault } from '../../src/auth/vault.ts';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { lookNow } from '../../src/health/look-now.ts';
import { Sweep } from '../../src/health/sweep.ts';
import type { Alarm } from '../../src/model/alarm.ts';
import type { Told } from '../../src/model/notice.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { SshPool } from '../../src/shells/ssh/pool.ts';
import * as alarms from '../../src/store/alarms.ts';
import * as channels from '../../src/store/channels.ts';
import type { Db } from '../../src/store/database.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { type PlacementState, placementStates } from '../../src/store/states.ts';
import { freshDatabase } from '../lab/database.ts';
import { startFleet } from '../lab/fleet.ts';
import { addProject, ground } from '../store/inventory.ts';

export const STALE = 90_000;

/** Runs until somebody breaks it: a file `broken` beside it ends it as it starts, `shaky` some time later. */
const program = `cd "$(dirname "$0")"
[ -e broken ] && exit 3
[ -e shaky ] && { sleep 1.2; exit 4; }
exec sleep 1000
`;

type PoolOptions = ConstructorParameters<typeof SshPool>[0];

const masterKey = randomBytes(32);
const vault = new Vault(masterKey);
const secrets = {
  CEDAR_MASTER_KEY: masterKey.toString('base64'),
  CEDAR_SESSION_SECRET: randomBytes(32).toString('base64'),
};

/** Notes whose supervisord it is asked for. */
class NotingPool extends SshPool {
  readonly #asked: string[];

  constructor(options: PoolOptions, asked: string[]) {
    super(options);
    this.#asked = asked;
  }

  override forward(...args: Parameters<SshPool['forward']>): ReturnType<SshPool['forward']> {
    this.#asked.push(args[0].name);
    return super.forward(...args);
  }
}

/** Two real machines with a real service each, swept and judged by what runs in production. */
export class Machines {
  readonly db: Db;
  readonly fleet: [FleetHost, FleetHost];
  readonly #options: PoolOptions;
  readonly #pools: SshPool[] = [];
  readonly #workers: SshPool;
  readonly sweep: Sweep;
  readonly hostIds: string[] = [];
  readonly placementIds: string[] = [];
  readonly env: Record<string, string>;

  private constructor(db: Db, env: Record<string, string>, fleet: FleetHost[], options: PoolOptions) {
    this.db = db;
    this.env = env;
    this.fleet = fleet as [FleetHost, FleetHost];
    this.#options = options;
    this.#workers = new SshPool(options);
    this.#pools.push(this.#workers);
    this.sweep = this.another();
  }

  static async start(): Promise<Machines> {
    const { db, env } = await freshDatabase();
    const keys = new KeyFolder(join(env.CEDAR_DATA_DIR, 'keys'), vault);
    const { line } = await keys.ensure('default');
    const options = { keys, connectSeconds: 2, idleSeconds: 60, commandSeconds: 5 };
    const machines = new Machines(db, { ...env, ...secrets }, await startFleet(2, line), options);
    afterAll(() => machines.#end());
    await machines.#furnish();
    await until('both services run', async () =>
      (await machines.look()).every(({ state }) => state === 'running'),
    );
    return machines;
  }

  /** One more that sweeps the same machines; whom it asks is noted in `asked`. */
  another(asked: string[] = []): Sweep {
    const pool = new NotingPool(this.#options, asked);
    this.#pools.push(pool);
    return new Sweep({ db: this.db, pool, vault, deadlineMs: 1500, intervalMs: 30_000, atOnce: 4 });
  }

  async #end(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.close()));
  }

  async #furnish(): Promise<void> {
    const { groupId } = await ground(this.db);
    const robot = await channels.add(this.db, {
      kind: 'dingtalk',
      name: 'robot',
      groupId: null,
      options: {},
    });
    await channels.choose(this.db, `group:${groupId}`, robot);
    const project = await addProject(this.db, groupId, {
      ...{ name: 'svc', environment: 'online', type: 'sh', port: null },
    });
    for (const host of this.fleet) {
      const { name, address } = host;
      const { id } = await hosts.add(this.db, { name, address, settings: host.settings(), notes: null });
      await hosts.pin(this.db, id, { key: host.hostKey, fingerprint: 'SHA256:x', by: 'alice' });
      const placed = await placements.add(this.db, {
        ...{ projectId: project.id, hostId: id, processes: 1, env: [] },
      });
      this.hostIds.push(id);
      this.placementIds.push(placed.id);
      await this.#install(host, project.key);
    }
  }

  async #install(host: FleetHost, key: string): Promise<void> {
    const dir = folderOf(host);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'run'), program);
    const conf = `[program:${key}]\ncommand=/bin/sh ${dir}/run\nprocess_name=${key}_%(process_num)s
numprocs=1\nstartsecs=1\nstartretries=1\nautorestart=true\n`;
    writeFileSync(join(host.supervisorDir, `${key}.conf`), conf);
    await this.control(host, 'update', key);
  }

  /** A word to a machine's supervisorctl. */
  async control(host: FleetHost, ...words: string[]): Promise<void> {
    const [ctl = '', ...argv] = host.supervisorctl;
    await promisify(execFile)(ctl, [...argv, ...words]);
  }

  /** What supervisorctl says of the service there; it exits with 3 where it does not run. */
  async status(host: FleetHost): Promise<string> {
    const [ctl = '', ...argv] = host.supervisorctl;
    const asked = promisify(execFile)(ctl, [...argv, 'status', 'online_svc:*']);
    return (await asked.catch((error: { stdout: string }) => error)).stdout;
  }

  /** Ends what runs there, the hard way. */
  kill(host: FleetHost): Promise<void> {
    return this.control(host, 'signal', 'KILL', 'online_svc:*');
  }

  /** One sweep; what it left of each service. */
  async look(): Promise<PlacementState[]> {
    await this.due();
    await this.sweep.pass();
    await this.sweep.settled();
    return this.states();
  }

  /** As if all changes were so long ago that nothing flaps. */
  async forgetFlips(): Promise<void> {
    await this.db('flips').decrement('at', 11 * 60_000);
  }

  /** As if everybody had been told of everything so long ago that it may be told as new. */
  async forgetTold(): Promise<void> {
    await this.db('alarm_tellings').update({ new_at: 0 });
  }

  /** As if the interval were over. */
  async due(): Promise<void> {
    await this.db('host_states').update({ next_at: 0 });
  }

  async states(): Promise<PlacementState[]> {
    const states = await placementStates(this.db, this.placementIds, STALE);
    return this.placementIds.map((id) => states.get(id)!);
  }

  /** Sweeps and passes until that is so. */
  async until(what: string, isSo: (states: PlacementState[], open: Alarm[]) => boolean): Promise<void> {
    let seen: unknown = null;
    const holds = async () => {
      const states = await this.look();
      await this.pass();
      const open = await this.open();
      seen = [states, open];
      return isSo(states, open);
    };
    await until(what, holds, 40_000, 100).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(seen)}`);
    });
  }

  /** What a worker does after an operation on both. */
  async lookNow(): Promise<void> {
    await lookNow(this.db, { pool: this.#workers, vault, deadlineMs: 1500 }, this.hostIds, 90_000);
  }

  /** The alarms' pass as production runs it, but without a pause between two messages. */
  pass(rules: Partial<PassRules> = {}) {
    return alarmPass(this.db, { ...passRules, gapMs: 0, ...rules });
  }

  open(): Promise<Alarm[]> {
    return alarms.open(this.db);
  }

  /** What the robot is to say since the last time it was asked for, oldest first. */
  async said(): Promise<Told[]> {
    const rows = await this.db('notices').orderBy('id');
    await this.db('notices').delete();
    return rows.map((row) => JSON.parse(row.body).told);
  }

  /** Makes the program of a machine fail from its next start on, or well again. */
  mark(host: FleetHost, as: 'broken' | 'shaky' | 'well'): void {
    const dir = folderOf(host);
    for (const name of ['broken', 'shaky'])
      if (name === as) writeFileSync(join(dir, name), '');
      else if (existsSync(join(dir, name))) rmSync(join(dir, name));
  }
}

function folderOf(host: FleetHost): string {
  return join(host.hostPath, 'online_svc');
}
