import type { Gate } from './gate.ts';
import { windowGate } from './window.ts';

/** In the order in which people are told. */
export const gates: readonly Gate[] = [windowGate];
