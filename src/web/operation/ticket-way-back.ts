import { isLive, type Operation } from '../../model/operation.ts';
import type { Release } from '../../model/release.ts';
import * as releases from '../../store/releases.ts';
import * as tickets from '../../store/tickets.ts';
import type { Page } from '../page.ts';

/** The release that the ticket of an operation which did not succeed chose in advance to go back to; null: none. */
export async function ticketWayBack(page: Page, operation: Operation): Promise<Release | null> {
  if (operation.ticketId === null || isLive(operation.state) || operation.state === 'succeeded') return null;
  const ticket = await tickets.byId(page.db, operation.ticketId);
  const part = ticket?.parts.find(({ projectId }) => projectId === operation.projectId);
  const release = part?.rollbackId ? await releases.byId(page.db, part.rollbackId) : null;
  return release?.state === 'kept' ? release : null;
}
