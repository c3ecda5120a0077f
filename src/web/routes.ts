import { routes as groups } from './pages/groups.ts';
import { routes as signIn } from './pages/sign-in.ts';
import type { Route } from './route.ts';

/** The whole map of addresses: each page file's own list. What is not here does not exist. */
export const allRoutes: readonly Route[] = [...signIn, ...groups];
