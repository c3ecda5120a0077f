import type { Registry } from './registry.ts';

/** For services that no registry or load balancer knows by name. */
export const none: Registry = {
  name: 'none',
  counts: false,
  options: [],
  needsPort: false,
  takeOut: async () => {},
  putIn: async () => {},
};
