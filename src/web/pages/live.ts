import type { Express } from 'express';
import { CedarError } from '../../errors.ts';
import { may } from '../../model/permission.ts';
import * as users from '../../store/users.ts';
import { isFromOurPages } from '../csrf.ts';
import { hubOf } from '../live/hub-of.ts';
import { stillIn } from '../live/still-in.ts';
import { seqOf } from '../operation/log-pane.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';
import { operationOf, seesOperation } from '../subjects.ts';

export const routes = [get('/operations/:operation/events', seesOperation, events)];

/**
 * Server-sent events: `log`, `gap`, `steps`, `hosts`, `operation`, `end`, `again`. Goes on behind Last-Event-ID. Pages of
 * other sites get none (S22).
 */
async function events(page: Page): Promise<void> {
  if (!isFromOurPages(page.req, page.settings.baseUrl)) throw new CedarError('csrf', {}, 403);
  const operation = (await operationOf(page)) ?? page.notFound();
  const last = page.req.get('Last-Event-ID') ?? '';
  const subject = { groupId: operation.groupId, production: operation.snapshot.project.production };
  const opened = hubOf(page.req.app as Express, page.db).open({
    res: page.res,
    personId: page.who.id,
    operationId: operation.id,
    seq: /^\d{1,15}$/.test(last) ? Number(last) : (seqOf(page, 'after') ?? 0),
    mayStill: async () => {
      const person = await users.person(page.db, page.who.id);
      return may(person, 'project.see', subject) && (await stillIn(page.req, page.settings));
    },
  });
  if (!opened) throw new CedarError('too_many_streams', {}, 429);
}
