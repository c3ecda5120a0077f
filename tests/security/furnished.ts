import { ulid } from 'ulid';
import * as arrivals from '../../src/store/arrivals.ts';
import * as channels from '../../src/store/channels.ts';
import * as deliveries from '../../src/store/deliveries.ts';
import * as directoryGroups from '../../src/store/directory-groups.ts';
import * as freezes from '../../src/store/freezes.ts';
import * as gitServers from '../../src/store/git-servers.ts';
import * as handLocks from '../../src/store/hand-locks.ts';
import * as hooks from '../../src/store/inbound-hooks.ts';
import * as links from '../../src/store/links.ts';
import * as mutes from '../../src/store/mutes.ts';
import * as newsRoutes from '../../src/store/news-routes.ts';
import * as notices from '../../src/store/notices.ts';
import { put } from '../../src/store/outbox.ts';
import * as placements from '../../src/store/placements.ts';
import * as projectFiles from '../../src/store/project-files.ts';
import * as schedules from '../../src/store/schedules.ts';
import * as sessions from '../../src/store/sessions.ts';
import * as ticketEvents from '../../src/store/ticket-events.ts';
import * as tickets from '../../src/store/tickets.ts';
import * as windows from '../../src/store/windows.ts';
import { drifted } from '../lab/drifting.ts';
import { alarmOf } from '../web/alarmed.ts';
import { program } from '../web/api/programs.ts';
import type { Town } from '../web/people.ts';
import { type Run, releaseOf, runIn, type Shop, shopIn } from '../web/shop.ts';
import { fingerprint, lookedUp } from './looked-up.ts';

type Say = (longest: number) => string;

/** A console in which every address of the tables of routes leads to something. */
export class Furnished {
  readonly t: Town;
  readonly shop: Shop;
  readonly run: Run;
  readonly names: Record<string, string>;
  readonly questions: Record<string, string>;

  private constructor(
    t: Town,
    shop: Shop,
    run: Run,
    names: Record<string, string>,
    looked: Record<string, string>,
  ) {
    this.t = t;
    this.shop = shop;
    this.run = run;
    this.names = names;
    this.questions = looked;
  }

  /** @param say words for what people, repositories and machines may call as they like. */
  static async of(t: Town, say: Say = (longest) => 'some words'.slice(0, longest)): Promise<Furnished> {
    const shop = await shopIn(t);
    const release = await releaseOf(t, shop.test, { subject: say(300), author: say(100) });
    const run = await runIn(t, shop, shop.online, { reason: say(300) });
    const [placement] = await placements.ofProject(t.db, shop.test.id);
    const names = {
      ...{ project: shop.test.key, operation: run.operation.id, placement: placement!.id },
      ...{ host: shop.hostIds[0]!, group: t.groupId, environment: 'test', release: release.id },
      ...(await peoplesOwn(t, say)),
      ...(await rules(t, shop, say)),
      ...(await told(t, run, say)),
      ...(await around(t, shop, say)),
      alarm: await alarmOf(t.db, shop.test, placement!, { message: say(300), hostName: say(60) }),
      ticket: await ticketIn(t, shop, say),
    };
    await drifted(t.db, placement!.id, release.id, { process: say(150) });
    return new Furnished(t, shop, run, names, await lookedUp(t, shop, placement!.id, say));
  }

  /** The path of a route with the names of what is there. @throws Error for a name that leads to nothing here. */
  pathOf(path: string): string {
    return path.replace(/:(\w+)/g, (_, name: string) => {
      const before =
        path
          .slice(0, path.indexOf(`:${name}`))
          .split('/')
          .at(-2) ?? '';
      const link = path.startsWith('/setup') ? this.names.setup : undefined;
      const found = link ?? (name === 'question' ? this.questions[before] : this.names[name]);
      if (found === undefined) throw new Error(`nothing stands for :${name} of ${path}`);
      return found;
    });
  }
}

async function peoplesOwn(t: Town, say: Say) {
  const { id: user } = await t.db('users').where({ username: 'member' }).first('id');
  const { tokenId } = await program(t);
  await t.db('users').update({ display_name: say(128) });
  await t.db('api_tokens').update({ name: say(64) });
  await t.db('project_groups').update({ name: say(64), notes: say(300) });
  const [session] = await sessions.ofUser(t.db, user);
  const mapping = ulid();
  const gift = { admin: false, groupId: t.groupId, config: true, deploy: false };
  await directoryGroups.add(t.db, { id: mapping, name: `${say(400)} ${mapping}`, ...gift });
  const own = { user, token: tokenId, session: session?.name ?? ulid(), mapping };
  return { ...own, setup: await links.make(t.db, 'setup') };
}

async function rules(t: Town, { test }: Shop, say: Say) {
  const scope = { kind: 'project', id: test.id } as const;
  const [from, to] = [Date.now() + 86_400_000, Date.now() + 172_800_000];
  const held = { reason: say(300), by: say(100), byAdmin: true, warning: true, since: Date.now(), until: to };
  return {
    window: await windows.add(t.db, { scope, zone: 'UTC', hours: 'mon-sun 00:00-24:00', extra: '' }),
    freeze: await freezes.add(t.db, { scope, from, to, reason: say(300), by: say(100) }),
    lock: await handLocks.add(t.db, { scope, ...held }),
    mute: await mutes.add(t.db, {
      ...{ scope, reason: say(300), from, until: to, hours: null, byName: say(100), byId: null },
    }),
  };
}

async function told(t: Town, run: Run, say: Say) {
  const options = { token: t.vault.seal('x'), format: 'text', keyword: say(40) };
  const channel = await channels.add(t.db, { kind: 'dingtalk', name: say(60), groupId: null, options });
  const title = { key: 'notice.test', detail: { name: say(100), by: say(60) } };
  const notice = await put(t.db, {
    ...{ channelId: channel, topic: 'test', dedupeKey: ulid(), operationId: run.operation.id },
    body: { told: { title, lines: [title], path: null } },
  });
  const [attempt] = await notices.begin(t.db, [notice]);
  await notices.conclude(t.db, [attempt!], { ms: 1, code: 500, result: 'refused', answer: say(300) });
  await notices.giveUp(t.db, [notice], say(300));
  await channels.disable(t.db, channel, say(200));
  const entry = ulid();
  await t.db('audit').insert({
    ...{ id: entry, at: Date.now(), actor: say(100), via: 'web', action: 'group.change' },
    ...{ object: `group:${say(100)}`, reason: say(300), result: 'ok', request_id: say(60) },
    ...{ before: JSON.stringify({ notes: say(300) }), after: JSON.stringify({ [say(40)]: say(300) }) },
  });
  const route = { kind: 'alarm', groupId: null, environment: null, channelId: channel } as const;
  return { channel, notice, entry, route: await newsRoutes.add(t.db, route) };
}

async function around(t: Town, { test, hostIds }: Shop, say: Say) {
  const asked = { projectKey: test.key, by: say(100) };
  const arrival = await arrivals.reserve(t.db, { address: '192.0.2.50', sshPort: 22 }, asked);
  await arrivals.keepWaiting(t.db, arrival, { key: 'KEY', fingerprint });
  await gitServers.pin(t.db, { server: 'git.example.com:22', key: 'K', fingerprint, by: say(60) });
  await hooks.renew(t.db, test.id, t.vault.seal('a secret of some length'));
  await deliveries.add(t.db, {
    ...{ projectId: test.id, forge: 'gitlab', event: say(60), branch: say(100), pusher: say(100) },
    ...{ commit: 'c'.repeat(40), operationId: null, outcome: 'refused', detail: 'no_hosts', delivery: 'd' },
  });
  const file = { path: 'config/app.ini', placed: 'after-build', source: 'text', secret: false, fill: false };
  await projectFiles.put(
    t.db,
    test.id,
    { ...(file as Parameters<typeof projectFiles.put>[2]), changedBy: say(100) },
    { sealed: t.vault.seal(say(300)) },
  );
  const schedule = ulid();
  await schedules.add(t.db, {
    ...{ id: schedule, projectId: test.id, projectKey: test.key, groupId: test.groupId },
    ...{ at: Date.now() + 3_600_000, graceSeconds: 0, askedBy: ulid(), askedName: say(100) },
    ...{ idempotencyKey: schedule },
    request: {
      ...{ kind: 'deploy', hostIds, ref: 'main', releaseId: null, reason: say(300), params: {} },
      strategy: null,
    },
  });
  return { arrival, schedule };
}

async function ticketIn(t: Town, { test }: Shop, say: Say): Promise<string> {
  const { id: applicantId } = await t.db('users').where({ username: 'member' }).first('id');
  const id = ulid();
  const { id: projectId, key: projectKey, groupId } = test;
  const part = { projectId, projectKey, groupId, ref: 'main', hostIds: null, rollbackId: null };
  await tickets.add(t.db, {
    ...{ id, reason: say(300), applicantId, applicantName: say(100), wishedAt: null, selfStart: false },
    parts: [{ ...part, questionId: null }],
  });
  await ticketEvents.add(t.db, id, 'waiting', {
    ...{ action: 'refused', by: { id: applicantId, name: say(100) }, reason: say(300) },
  });
  return id;
}
