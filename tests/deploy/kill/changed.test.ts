import { killStories } from './stories.ts';

/** The steps that only this path has, and the points around them. */
killStories(true, (point) => /^(deregister|switch|configure|update|state)@/.test(point));
