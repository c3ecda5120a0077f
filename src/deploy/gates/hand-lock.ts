import { CedarError } from '../../errors.ts';
import * as handLocks from '../../store/hand-locks.ts';
import type { Gate } from './gate.ts';

/** Locks set by hand bind every kind of operation. Warnings bind none. Admins pass with a reason. */
export const handLockGate: Gate = {
  name: 'lock',
  judge: async (db, { project }) => {
    const [lock] = (await handLocks.covering(db, project, Date.now())).filter(({ warning }) => !warning);
    if (!lock) return null;
    const { by, since, until, reason } = lock;
    const error =
      until === null
        ? new CedarError('hand_locked', { by, since, reason }, 409)
        : new CedarError('hand_locked_until', { by, since, until, reason }, 409);
    return { error, passable: true };
  },
};
