import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSecrets } from '../../src/auth/secrets-file.ts';
import { readConfig } from '../../src/config.ts';
import type { HostSettings } from '../../src/model/host-settings.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import { compiled } from './compiled.ts';
import { fillInventory, type Machine } from './inventory.ts';
import { Program } from './program.ts';
import type { Ask, Spent } from './sweeper.ts';

/** As `npm run health` starts node. */
const NODE = ['--max-semi-space-size=8'];

/** An installation of the product in a temporary folder: database, key, and the health process that sweeps. */
export class Ground {
  readonly dir = mkdtempSync(join(tmpdir(), 'cedar-bench-'));
  readonly #env = { CEDAR_DATA_DIR: join(this.dir, 'data'), CEDAR_LOG_LEVEL: 'error' };
  readonly db: Db;
  #sweeper: Program<Ask, Spent> | null = null;

  constructor() {
    mkdirSync(this.#env.CEDAR_DATA_DIR, { mode: 0o700 });
    this.db = openDatabase({ databaseUrl: '', dataDir: this.#env.CEDAR_DATA_DIR });
  }

  /** The line that machines must let in. */
  async key(): Promise<string> {
    const { vault } = loadSecrets(readConfig(this.#env));
    return (await new KeyFolder(join(this.#env.CEDAR_DATA_DIR, 'keys'), vault).ensure('default')).line;
  }

  async fill(machines: readonly Machine[], settings: Partial<HostSettings>): Promise<void> {
    await this.db.migrate.latest();
    await fillInventory(this.db, machines, settings);
    this.#sweeper = await Program.start<Ask, Spent>(compiled('sweeper.ts', this.dir), this.#env, NODE);
  }

  /** One sweep of all machines; all of them are due. @throws Error where one was not seen well. */
  async sweep(ask: 'cold' | 'steady'): Promise<Spent> {
    await this.db('host_states').update({ next_at: 0 });
    const begun = Date.now();
    const spent = await this.#sweeper!.ask(ask);
    await this.#expectAllWell(begun);
    return spent;
  }

  async #expectAllWell(begun: number): Promise<void> {
    const placed = await this.db('placements').count({ n: '*' });
    const seen = this.db('placement_states').where({ state: 'running' }).where('checked_at', '>=', begun);
    const well = await seen.whereNotNull('release_id').count({ n: '*' });
    if (Number(well[0]?.n) === Number(placed[0]?.n)) return;
    const ill = await this.db('placement_states').whereNot({ state: 'running' }).first('state', 'message');
    throw new Error(`${well[0]?.n} of ${placed[0]?.n} were seen well; ${JSON.stringify(ill)}`);
  }

  async end(): Promise<void> {
    await this.#sweeper?.end();
    await this.db.destroy();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
