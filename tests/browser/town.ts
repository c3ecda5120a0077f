import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { GitServer } from '../../src/demo/fleet/git-server.ts';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { makeRepository } from '../../src/demo/samples/repository.ts';
import type { Language } from '../../src/i18n/language.ts';
import { ownAddress, startFleet } from '../lab/fleet.ts';
import { Gates, gatedShop } from './gates.ts';
import { Installation } from './installation.ts';
import { Visitor } from './visitor.ts';

/** A new console, and two machines that nobody may enter yet; all of it ends with the test, the last first. */
export class Town {
  readonly gates: Gates;
  readonly installation: Installation;
  readonly hosts: [FleetHost, FleetHost];
  readonly #dir: string;
  readonly #visitors: Visitor[] = [];
  #git: GitServer | null = null;

  private constructor(dir: string, gates: Gates, installation: Installation, hosts: FleetHost[]) {
    this.#dir = dir;
    this.gates = gates;
    this.installation = installation;
    this.hosts = hosts as [FleetHost, FleetHost];
  }

  static async found(): Promise<Town> {
    const dir = mkdtempSync(join(tmpdir(), 'cedar-town-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const gates = new Gates(join(dir, 'gates'));
    const installation = await Installation.start(dir, { CEDAR_BUILD_ENV: gates.buildEnv });
    onTestFinished(() => installation.stop(), 60_000);
    const town = new Town(dir, gates, installation, await startFleet(2, []));
    onTestFinished(() => town.#end(), 60_000);
    return town;
  }

  async visitor(language: Language): Promise<Visitor> {
    const visitor = await Visitor.come(this.installation.address, language);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Lives a visitor's part of a story. An error in it says where it happened, and what the programs complained of. */
  async tells(visitor: Visitor, part: () => Promise<void>): Promise<void> {
    try {
      await part();
    } catch (error) {
      const said = [await visitor.whereabouts(), ...this.installation.deaths, this.installation.warnings];
      throw new Error(said.join('\n'), { cause: error });
    }
  }

  /** Lets the holder of a key into the machines, and into a git server with the shop. */
  async admit(key: string): Promise<GitServer> {
    for (const host of this.hosts) host.sshd.authorize([key]);
    const repositories = join(this.#dir, 'git');
    mkdirSync(repositories);
    await makeRepository(repositories, gatedShop());
    const dir = join(this.#dir, 'git-server');
    this.#git = await GitServer.start({ dir, repositories, address: ownAddress(), authorizedKeys: [key] });
    return this.#git;
  }

  async #end(): Promise<void> {
    await Promise.all(this.#visitors.map((visitor) => visitor.leave()));
    await this.#git?.stop();
  }
}

/** The version that a process of the shop answers over HTTP. */
export async function versionAt(host: FleetHost, port: number): Promise<string> {
  const answer = await fetch(`http://${host.address}:${port}/version`);
  return ((await answer.json()) as { version: string }).version;
}
