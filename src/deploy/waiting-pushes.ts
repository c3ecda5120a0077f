import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Delivery, InboundHook } from '../model/push.ts';
import type { Db } from '../store/database.ts';
import * as deliveries from '../store/deliveries.ts';
import * as hooks from '../store/inbound-hooks.ts';
import { changedLast } from '../store/last-change.ts';
import * as projects from '../store/projects.ts';
import { writing } from '../store/transaction.ts';
import { hostsOf, start } from './push.ts';
import { noteRefusedPush } from './refused-push.ts';
import { isOpenNow } from './waits-for-window.ts';

/** Starts the pushes that wait for a busy project or a closed window, as soon as that is over. Any number of workers may. */
export class WaitingPushes {
  readonly #db: Db;
  readonly #pollMs: number;
  #loop: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(db: Db, pollSeconds: number) {
    this.#db = db;
    this.#pollMs = Math.min(pollSeconds * 5, 2) * 1000;
  }

  start(): void {
    this.#loop = this.#lookForever();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#loop;
  }

  async #lookForever(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.look();
      } catch (error) {
        logger.warn({ error: messageOf(error) }, 'could not look for waiting pushes');
      }
      await pause(this.#pollMs);
    }
  }

  /** Looks once. One project's trouble keeps no other one waiting. */
  async look(): Promise<void> {
    for (const hook of await hooks.ready(this.#db, 1000)) {
      try {
        await begin(this.#db, hook);
      } catch (error) {
        logger.warn({ project: hook.projectId, error: messageOf(error) }, 'waiting push not started');
      }
    }
  }
}

/** Begins the push that waits for a hook's project, unless what ran meanwhile brought that commit to its hosts. */
async function begin(db: Db, hook: InboundHook): Promise<void> {
  const waiting = hook.pending ? await deliveries.byId(db, hook.pending) : null;
  const project = await projects.byId(db, hook.projectId);
  if (!project || !waiting?.branch || !waiting.commit) return;
  if (hook.hold && waiting.detail !== null && !(await isOpenNow(db, project))) return;
  const fate = (await isThere(db, hook, waiting))
    ? { outcome: 'already' as const, detail: null, operationId: null }
    : await start(db, hook, project, pushOf(waiting), { ip: null, requestId: null });
  if (fate.outcome === 'waiting' && fate.detail === waiting.detail) return;
  await writing(db, async (trx) => {
    await deliveries.conclude(trx, waiting.id, fate);
    if (fate.outcome === 'waiting') return;
    // Of workers that judged it at the same time one remembers it.
    if (!(await hooks.awaited(trx, hook.projectId, waiting.id))) return;
    const { forge, branch, commit, pusher } = waiting;
    await noteRefusedPush(
      trx,
      { project, forge, ip: null, requestId: null },
      { branch, commit, pusher },
      fate,
    );
  });
}

function pushOf({ branch, commit, pusher, forge, delivery }: Delivery) {
  return { branch: branch ?? '', commit: commit ?? '', pusher: pusher ?? '', forge, delivery };
}

async function isThere(db: Db, hook: InboundHook, { commit }: Delivery): Promise<boolean> {
  const last = await changedLast(db, hook.projectId);
  if (last === null || last.kind !== 'deploy' || last.commit !== commit) return false;
  const reached = new Set(last.snapshot.hosts.map((host) => host.hostId));
  const wanted = await hostsOf(db, hook);
  return wanted.every((id) => reached.has(id));
}
