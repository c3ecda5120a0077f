import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { hashPassword } from '../../src/auth/password.ts';
import { loadSecrets } from '../../src/auth/secrets-file.ts';
import { readConfig } from '../../src/config.ts';
import { freePort } from '../../src/demo/fleet/free-port.ts';
import { type FleetHost, startHost } from '../../src/demo/fleet/host.ts';
import { launch } from '../../src/deploy/launch.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import { KeyFolder } from '../../src/shells/ssh/keys.ts';
import { type Db, openDatabase } from '../../src/store/database.ts';
import * as environments from '../../src/store/environments.ts';
import * as groups from '../../src/store/groups.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import * as projects from '../../src/store/projects.ts';
import * as users from '../../src/store/users.ts';
import { SampleRepository } from '../../tests/lab/sample-app.ts';

export const password = 'correct horse battery';

/** An installation with one project on real machines, and people who look at it. */
export class Ground {
  readonly dir = mkdtempSync(join(tmpdir(), 'cedar-bench-'));
  readonly settings = {
    ...{ CEDAR_DATA_DIR: join(this.dir, 'data'), CEDAR_ALLOW_LOOPBACK_HOSTS: 'true' },
    ...{ CEDAR_ALLOW_INSECURE_GIT: 'true', CEDAR_BUILD_ISOLATION: 'none', CEDAR_STABLE_SECONDS: '0' },
  };
  readonly db: Db;
  readonly #repository = new SampleRepository();
  readonly #fleet: FleetHost[] = [];
  #project = '';
  #hosts: string[] = [];

  constructor() {
    mkdirSync(this.settings.CEDAR_DATA_DIR, { mode: 0o700 });
    this.db = openDatabase({ databaseUrl: '', dataDir: this.settings.CEDAR_DATA_DIR });
  }

  async fill(machines: number, people: readonly string[], build: string, hook: string): Promise<void> {
    await this.db.migrate.latest();
    const { vault } = loadSecrets(readConfig(this.settings));
    const { line } = await new KeyFolder(join(this.settings.CEDAR_DATA_DIR, 'keys'), vault).ensure('default');
    const passwordHash = await hashPassword(password);
    for (const username of people)
      await users.add(this.db, { id: ulid(), username, displayName: username, passwordHash, role: 'admin' });
    await environments.add(this.db, { name: 'test', production: false, position: 0, settings: {} });
    for (let number = 1; number <= machines; number++) await this.#addHost(number, line);
    const groupId = ulid();
    await groups.add(this.db, { id: groupId, name: 'everything', notes: null });
    const project = await projects.add(this.db, {
      ...{ environment: 'test', name: 'shop', groupId, type: 'nodejs', gitUrl: this.#repository.url },
      ...{ branch: 'main', port: await freePort('127.0.0.1'), template: null, env: [], notes: null },
      settings: {
        ...{ ...defaultProjectSettings, startSeconds: 1, stopSeconds: 5 },
        build: { ...defaultProjectSettings.build, command: build },
        hooks: { 'host-before-switch': { command: hook, timeoutSeconds: 60, repeatable: false } },
      },
    });
    this.#project = project.id;
    for (const [index, hostId] of this.#hosts.entries()) {
      const host = this.#fleet[index]!;
      const env = Object.entries({ HOST: host.address, LEDGER: join(host.dir, 'ledger') });
      await placements.add(this.db, {
        ...{ projectId: project.id, hostId, processes: 1 },
        env: env.map(([name, value]) => ({ name, value: vault.seal(value), secret: false })),
      });
    }
  }

  async deploy(): Promise<string> {
    const { id: userId, username, display_name: displayName } = await this.db('users').first();
    const by = { id: userId, username, displayName };
    const { id } = await launch(this.db, {
      ...{ kind: 'deploy', projectId: this.#project, hostIds: this.#hosts, by },
    });
    return id;
  }

  async end(): Promise<void> {
    await this.db.destroy();
    for (const host of this.#fleet) await host.stop();
    for (const dir of [this.dir, this.#repository.dir]) rmSync(dir, { recursive: true, force: true });
  }

  async #addHost(number: number, authorizedKey: string): Promise<void> {
    const name = `h${number}`;
    const address = `127.64.0.${number}`;
    const host = await startHost({ dir: join(this.dir, name), name, address, authorizedKey });
    this.#fleet.push(host);
    const added = await hosts.add(this.db, { name, address, settings: host.settings(), notes: null });
    await hosts.pin(this.db, added.id, { key: host.hostKey, fingerprint: 'SHA256:x', by: 'bench' });
    this.#hosts.push(added.id);
  }
}
