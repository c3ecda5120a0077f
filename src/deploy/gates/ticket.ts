import { CedarError } from '../../errors.ts';
import { isNeeded } from '../../store/ticket-rules.ts';
import type { Gate } from './gate.ts';

/** Production is deployed to by an approved ticket alone, where its group or environment says so. */
export const ticket: Gate = {
  name: 'ticket',
  async judge(db, { kind, production, ticketId, project }) {
    if (!production || ticketId !== null || (kind !== 'deploy' && kind !== 'promote')) return null;
    const needed =
      (await isNeeded(db, 'environment', project.environment)) ||
      (await isNeeded(db, 'group', project.groupId));
    return needed
      ? { error: new CedarError('ticket_needed', { project: project.key }, 403), passable: true }
      : null;
  },
};
