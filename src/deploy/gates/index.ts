import type { Gate } from './gate.ts';

/** In the order in which people are told. */
export const gates: readonly Gate[] = [];
