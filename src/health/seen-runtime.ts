import type { SeenPlacement } from '../model/look.ts';

/** What is seen of a placement whose link is there, by whoever runs it there; without the release. */
export type SeenRuntime = Pick<SeenPlacement, 'state' | 'since' | 'message' | 'processes'>;
