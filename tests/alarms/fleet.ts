import { alarmPass, passRules } from '../../src/alarms/pass.ts';
import type { Look, SeenHost, SeenPlacement } from '../../src/model/look.ts';
import type { Told } from '../../src/model/notice.ts';
import * as channels from '../../src/store/channels.ts';
import type { Db } from '../../src/store/database.ts';
import * as hosts from '../../src/store/hosts.ts';
import { record } from '../../src/store/looks.ts';
import * as placements from '../../src/store/placements.ts';
import { type DatabaseKind, type FreshDatabase, freshDatabase } from '../lab/database.ts';
import { addHost, addProject, ground } from '../store/inventory.ts';

const HOUR = 3_600_000;
const well: SeenHost = { reachable: 'yes', supervisor: 'rpc', message: null };

type State = SeenPlacement['state'];

/** Services of production on some machines, as sweeps record them, with a robot for their group. */
export class Fleet {
  readonly db: Db;
  /** What opens its database in a process of its own. */
  readonly env: FreshDatabase['env'];
  readonly groupId: string;
  readonly robot: string;
  readonly hostIds: string[] = [];
  /** Placement → host. */
  readonly services = new Map<string, string>();
  readonly projectIds: string[] = [];

  private constructor(db: Db, env: FreshDatabase['env'], groupId: string, robot: string) {
    this.db = db;
    this.env = env;
    this.groupId = groupId;
    this.robot = robot;
  }

  static async of(kind: DatabaseKind, size: { hosts: number; projects: number }): Promise<Fleet> {
    const { db, env } = await freshDatabase(kind);
    const { groupId } = await ground(db);
    const robot = await channels.add(db, { kind: 'dingtalk', name: 'robot', groupId: null, options: {} });
    await channels.choose(db, `group:${groupId}`, robot);
    const fleet = new Fleet(db, env, groupId, robot);
    for (let n = 1; n <= size.hosts; n++) {
      const { id } = await addHost(db, `host-${n}`, `10.0.${n >> 8}.${n & 255}`);
      await hosts.pin(db, id, { key: `key-${n}`, fingerprint: `SHA256:${n}`, by: 'alice' });
      fleet.hostIds.push(id);
    }
    for (let n = 1; n <= size.projects; n++) {
      const project = await addProject(db, groupId, {
        name: `svc${n}`,
        environment: 'online',
        port: 4000 + n * 10,
      });
      fleet.projectIds.push(project.id);
      const hostId = fleet.hostIds[(n - 1) % fleet.hostIds.length] ?? '';
      await fleet.place(project.id, hostId);
    }
    return fleet;
  }

  /** One more service; gives its placement. */
  async place(projectId: string, hostId: string): Promise<string> {
    const { id } = await placements.add(this.db, { projectId, hostId, processes: 1, env: [] });
    this.services.set(id, hostId);
    return id;
  }

  /** A sweep of every machine that finds all services so, but for those named. */
  async look(
    state: State,
    but: Record<string, State> = {},
    machines: Record<string, SeenHost> = {},
    times = 1,
  ): Promise<void> {
    const looks = this.#looks(state, but, machines);
    for (let n = 0; n < times; n++) await record(this.db, looks, HOUR, 'a sweep');
  }

  /** A look out of turn, as a worker takes it after each operation. */
  async lookNow(state: State): Promise<void> {
    await record(this.db, this.#looks(state, {}, {}), HOUR);
  }

  #looks(state: State, but: Record<string, State>, machines: Record<string, SeenHost>): Look[] {
    return this.hostIds.map((hostId) => ({
      hostId,
      host: machines[hostId] ?? well,
      placements: [...this.services]
        .filter(([, on]) => on === hostId)
        .map(([placementId]) => ({
          ...{ placementId, state: but[placementId] ?? state, since: null, release: null },
          ...{ message: null, processes: [] },
        })),
    }));
  }

  pass(rules: Partial<typeof passRules> = {}) {
    return alarmPass(this.db, { ...passRules, ...rules });
  }

  /** As if so much time had gone by since everybody was told. */
  async later(ms: number): Promise<void> {
    for (const column of ['at', 'new_at']) await this.db('alarm_tellings').decrement(column, ms);
  }

  /** As if nobody had looked for so long. */
  async quiet(ms: number): Promise<void> {
    for (const table of ['host_states', 'placement_states']) await this.db(table).decrement('checked_at', ms);
    await this.db('host_states').decrement('swept_at', ms);
  }

  /** As if passes had found it quiet for so long. */
  async doubted(ms: number): Promise<void> {
    await this.db('alarm_passes').decrement('doubt_at', ms);
  }

  /** What the robot is to say, oldest first. */
  async messages(): Promise<Told[]> {
    const rows = await this.db('notices').where({ channel_id: this.robot }).orderBy('id');
    return rows.map((row) => JSON.parse(row.body).told);
  }

  get serviceIds(): string[] {
    return [...this.services.keys()];
  }
}
