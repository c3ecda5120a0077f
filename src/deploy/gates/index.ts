import type { Gate } from './gate.ts';
import { handLockGate } from './hand-lock.ts';
import { ticket } from './ticket.ts';
import { windowGate } from './window.ts';

/** In the order in which people are told. */
export const gates: readonly Gate[] = [handLockGate, ticket, windowGate];
