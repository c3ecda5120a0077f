import { routes as groups } from './pages/groups.ts';
import { routes as home } from './pages/home.ts';
import { routes as onePerson } from './pages/one-person.ts';
import { routes as people } from './pages/people.ts';
import { routes as profile } from './pages/profile.ts';
import { routes as setup } from './pages/setup.ts';
import { routes as signIn } from './pages/sign-in.ts';
import type { Route } from './route.ts';

/** The whole map of addresses: each page file's own list. What is not here does not exist. */
export const allRoutes: readonly Route[] = [
  ...signIn,
  ...setup,
  ...home,
  ...profile,
  ...groups,
  ...people,
  ...onePerson,
];
