import { ulid } from 'ulid';
import * as tickets from '../../src/store/tickets.ts';
import type { Town } from './people.ts';
import type { Deed } from './settings-deeds.ts';
import { releaseOf, runIn, type Shop } from './shop.ts';

/** Deeds on an operation that is under way, and on ones that ended half done. */
export async function* operationDeeds(t: Town, shop: Shop): AsyncGenerator<Deed> {
  const release = await releaseOf(t, shop.test);
  const [first = '', second = ''] = shop.hostIds;
  const halfDone = async () => {
    await t.db('locks').delete();
    const run = await runIn(t, shop, shop.test);
    await run.host(first, { state: 'failed', releaseBefore: release.id, releaseAfter: ulid() });
    await run.host(second, { state: 'untouched' });
    await run.finish('failed');
    return run.operation.id;
  };
  const pressed = () => ({ idempotencyKey: ulid() });
  await t.db('locks').delete();
  const { operation } = await runIn(t, shop, shop.test);
  const of = { operation: operation.id };
  yield ['/operations/:operation/pause', 'operation.pause', of, { pauseReason: 'let us see' }];
  yield ['/operations/:operation/continue', 'operation.continue', of];
  yield ['/operations/:operation/resume', 'operation.deploy', { operation: await halfDone() }, pressed()];
  yield ['/operations/:operation/retry', 'operation.deploy', { operation: await halfDone() }, pressed()];
  const back = { ...pressed(), releaseId: release.id };
  yield ['/operations/:operation/rollback', 'operation.rollback', { operation: await halfDone() }, back];
}

/** Deeds on tickets before anything was looked up for them. */
export async function* ticketDeeds(t: Town, shop: Shop): AsyncGenerator<Deed> {
  const wish = { project1: shop.test.key, ref1: 'main', hosts1: shop.hostIds, reason: 'why', at: '' };
  yield ['/tickets', 'ticket.file', {}, wish];
  const { id: ticket } = await t.db('tickets').first('id');
  yield ['/tickets/:ticket/withdraw', 'ticket.withdrawn', { ticket }];
  const { id: applicantId } = await t.db('users').where({ username: 'member' }).first('id');
  const other = ulid();
  await tickets.add(t.db, {
    ...{ id: other, reason: 'why', applicantId, applicantName: 'member', wishedAt: null, selfStart: false },
    parts: [
      {
        ...{ projectId: shop.test.id, projectKey: shop.test.key, groupId: t.groupId, ref: 'main' },
        ...{ hostIds: shop.hostIds, rollbackId: null, questionId: null },
      },
    ],
  });
  yield ['/tickets/:ticket/refuse', 'ticket.refused', { ticket: other }, { reason: 'not now' }];
}
