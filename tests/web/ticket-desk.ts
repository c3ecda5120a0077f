import { ulid } from 'ulid';
import { tendTickets } from '../../src/deploy/tend-tickets.ts';
import type { OperationState } from '../../src/model/operation.ts';
import type { Project } from '../../src/model/project.ts';
import { planHash, type Ticket } from '../../src/model/ticket.ts';
import * as journal from '../../src/store/journal.ts';
import * as locks from '../../src/store/locks.ts';
import * as tickets from '../../src/store/tickets.ts';
import type { Browser, Town } from './people.ts';
import { answerAll, changes } from './planned.ts';
import { type Shop, shopIn } from './shop.ts';

/** A town with a shop in which tickets are filed, looked up, decided and carried out. */
export class Desk {
  readonly t: Town;
  readonly shop: Shop;

  private constructor(t: Town, shop: Shop) {
    this.t = t;
    this.shop = shop;
  }

  static async at(t: Town): Promise<Desk> {
    return new Desk(t, await shopIn(t));
  }

  /** Files a ticket and lets a worker look up what it would bring. */
  async file(by: Browser, form: Record<string, string | string[]> = {}): Promise<Ticket> {
    const named = { project1: this.shop.online.key, reason: 'new prices', ...form };
    const sent = { ...(await this.#ticked(by, named)), ref1: 'main', ...named };
    const answer = await by.post('/tickets', sent);
    if (answer.status !== 303) throw new Error(`filing answered ${answer.status}: ${answer.text}`);
    await answerAll(this.t.db, { commits: changes([{ status: 'M', path: 'cart.js' }]) });
    await tendTickets(this.t.db);
    return this.ticket(answer.headers.location!.split('/').pop()!);
  }

  /** The hosts as the form shows them ticked to this person. */
  async #ticked(by: Browser, named: Record<string, string | string[]>): Promise<Record<string, string[]>> {
    const asked = Object.entries(named).filter(([name]) => name.startsWith('project')) as [string, string][];
    const { text } = await by.get(`/tickets/new?${new URLSearchParams(asked)}`);
    const hosts: Record<string, string[]> = {};
    for (const [, name, id] of text.matchAll(/name="(hosts\d)" value="(\w{26})" checked/g))
      hosts[name!] = [...(hosts[name!] ?? []), id!];
    return hosts;
  }

  async ticket(id: string): Promise<Ticket> {
    return (await tickets.byId(this.t.db, id))!;
  }

  approve(by: Browser, ticket: Ticket, form: Record<string, string> = {}) {
    const sent = { plan: planHash(ticket) ?? '', days: '3', note: '', ...form };
    return by.post(`/tickets/${ticket.id}/approve`, sent);
  }

  async approved(
    by: Browser,
    form: Record<string, string | string[]> = {},
    approver: Browser = this.t.admin,
  ): Promise<Ticket> {
    const ticket = await this.file(by, form);
    const answer = await this.approve(approver, ticket);
    if (answer.status !== 303) throw new Error(`approving answered ${answer.status}`);
    return this.ticket(ticket.id);
  }

  run(by: Browser, ticket: Ticket) {
    return by.post(`/tickets/${ticket.id}/run`);
  }

  /** Sends the deploy page's form, as its button does. */
  press(by: Browser, project: Project, form: Record<string, string | string[]>) {
    const sent = { kind: 'deploy', hosts: this.shop.hostIds, ref: 'main', idempotencyKey: ulid(), ...form };
    return by.post(`/projects/${project.key}/operations`, sent);
  }

  /** A worker ends what runs for a project. */
  async end(project: Project, state: OperationState): Promise<void> {
    const lock = await locks.ofProject(this.t.db, project.id);
    const lease = (await locks.claim(this.t.db, lock!, ulid(), 3600))!;
    await journal.fenced(this.t.db, lease, (trx) => journal.finish(trx, lease, state, null));
  }

  /** Ends whatever a test left open. */
  async clear(): Promise<void> {
    for (const project of [this.shop.online, this.shop.test])
      if ((await locks.ofProject(this.t.db, project.id))?.operationId) await this.end(project, 'cancelled');
    await this.t.db('tickets').whereIn('state', ['waiting', 'approved', 'running']).update({ state: 'done' });
  }
}
