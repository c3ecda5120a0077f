import { ulid } from 'ulid';
import { onTestFinished } from 'vitest';
import { hashPassword } from '../../src/auth/password.ts';
import type { Language } from '../../src/i18n/language.ts';
import type { Project } from '../../src/model/project.ts';
import * as channels from '../../src/store/channels.ts';
import * as grants from '../../src/store/grants.ts';
import * as users from '../../src/store/users.ts';
import { FakeDingtalk } from '../lab/dingtalk.ts';
import { Rig } from '../lab/rig.ts';
import { ConsolePrograms } from './console-programs.ts';
import { password } from './people.ts';
import { Visitor } from './visitor.ts';

/** A console with two projects in production on one machine, where one runs v1 and v2 is to come, a robot in the group's chat, and three people. */
export class TicketTown {
  readonly rig: Rig;
  readonly programs: ConsolePrograms;
  readonly robot: FakeDingtalk;
  readonly projects: { shop: Project; pay: Project };
  readonly #visitors: Visitor[] = [];

  private constructor(
    rig: Rig,
    programs: ConsolePrograms,
    robot: FakeDingtalk,
    projects: TicketTown['projects'],
  ) {
    this.rig = rig;
    this.programs = programs;
    this.robot = robot;
    this.projects = projects;
  }

  /** @param language what the chat is told in */
  static async found(language: Language): Promise<TicketTown> {
    const rig = await Rig.start({ hosts: 1 });
    await rig.db('environments').update({ production: true });
    const [shop, pay] = [await rig.addProject('shop'), await rig.addProject('pay')];
    await settle(rig, [shop.groupId, pay.groupId]);
    const robot = await FakeDingtalk.start({ token: 'token-of-the-group' });
    const options = { token: rig.vault.seal('token-of-the-group'), gateway: robot.gateway };
    const id = await channels.add(rig.db, { kind: 'dingtalk', name: 'chat', groupId: null, options });
    for (const { groupId } of [shop, pay]) await channels.choose(rig.db, `group:${groupId}`, id);
    const more = { CEDAR_ROBOT_HOSTS: '127.0.0.1', CEDAR_LANGUAGE: language };
    const programs = await ConsolePrograms.over(rig, more);
    const town = new TicketTown(rig, programs, robot, { shop, pay });
    onTestFinished(() => town.#end(), 60_000);
    await rig.run({ kind: 'deploy', projectId: shop.id });
    rig.repository.commit('v2', { files: { 'prices.txt': 'plums: 3' } });
    return town;
  }

  /** Somebody who signed in. */
  async visitor(username: 'dora' | 'piet' | 'amy', language: Language): Promise<Visitor> {
    const visitor = await Visitor.come(this.programs.address, language);
    this.#visitors.push(visitor);
    await visitor.signIn(username, password);
    return visitor;
  }

  /** Lives a part of the story; an error in it says where everybody was. */
  async tells(part: () => Promise<void>): Promise<void> {
    try {
      await part();
    } catch (error) {
      const where = await Promise.all(this.#visitors.map((visitor) => visitor.whereabouts()));
      throw new Error([...where, ...this.programs.deaths, this.programs.warnings].join('\n'), {
        cause: error,
      });
    }
  }

  /** What was wrong with pages and programs; where something was, what the programs say of it too. */
  get complaints(): string[] {
    const found = [...this.#visitors.flatMap((visitor) => visitor.complaints), ...this.programs.deaths];
    return found.length > 0 ? [...found, this.programs.warnings] : [];
  }

  async #end(): Promise<void> {
    await Promise.all(this.#visitors.map((visitor) => visitor.leave()));
  }
}

/** Dora has no grant at all, Piet may deploy both projects, Amy is an admin. */
async function settle(rig: Rig, groupIds: string[]): Promise<void> {
  const passwordHash = await hashPassword(password);
  for (const [username, displayName] of [
    ['dora', 'Dora'],
    ['piet', 'Piet'],
    ['amy', 'Amy'],
  ] as const) {
    const role = username === 'amy' ? 'admin' : 'user';
    const id = ulid();
    await users.add(rig.db, { id, username, displayName, passwordHash, role });
    if (username !== 'piet') continue;
    for (const groupId of groupIds) await grants.give(rig.db, id, { groupId, config: false, deploy: true });
  }
}
