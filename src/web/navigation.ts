import { may, type Permission } from '../model/permission.ts';
import type { Person } from '../model/person.ts';

type Entry = { path: string; key: string; icon: string; permission: Permission };
/** Several places behind one word. */
type Menu = { key: string; icon: string; entries: Entry[] };

const place = (path: string, icon: string, permission: Permission = 'signed-in'): Entry => ({
  ...{ path, icon, permission },
  key: path === '/' ? 'home' : path.slice(1),
});

/** What is needed many times a day stands open, the rest in menus. */
const all: (Entry | Menu)[] = [
  place('/', 'home'),
  place('/deploy', 'rocket'),
  place('/projects', 'apps'),
  place('/tickets', 'tag'),
  place('/health', 'heart'),
  place('/alarms', 'alert-triangle'),
  place('/history', 'history'),
  place('/statistics', 'chart-bar'),
  { key: 'rules', icon: 'calendar', entries: [place('/windows', 'calendar'), place('/locks', 'lock')] },
  {
    key: 'machines',
    icon: 'server',
    entries: [
      place('/hosts', 'server', 'admin'),
      place('/environments', 'stack-2', 'admin'),
      place('/keys', 'key', 'admin'),
      place('/git-servers', 'git-branch', 'admin'),
    ],
  },
  {
    key: 'access',
    icon: 'users',
    entries: [
      place('/groups', 'users-group'),
      place('/people', 'users', 'admin'),
      place('/directory', 'user-circle', 'admin'),
      place('/tokens', 'shield-lock', 'admin'),
    ],
  },
  {
    key: 'console',
    icon: 'settings',
    entries: [
      place('/notices', 'bell', 'admin'),
      place('/audit', 'list-search', 'admin'),
      place('/doctor', 'help', 'admin'),
      place('/api', 'plug-connected'),
    ],
  },
];

type Shown = { path: string; key: string; icon: string; current: boolean };
/** A place, or a menu of them where `entries` is not null. `current`: the place at hand is there. */
export type NavigationItem = Omit<Shown, 'path'> & { path: string | null; entries: Shown[] | null };

/** The places that a person may go, with the one at hand (`here`, a path) marked; a menu of one place is that place. */
export function navigation(person: Person | null, here: string): NavigationItem[] {
  return all.flatMap((item): NavigationItem[] => {
    const entries = ('entries' in item ? item.entries : [item])
      .filter((entry) => may(person, entry.permission))
      .map(({ path, key, icon }): Shown => ({ path, key, icon, current: isAt(path, here) }));
    const [only] = entries;
    if (!only) return [];
    if (entries.length === 1) return [{ ...only, entries: null }];
    const current = entries.some((entry) => entry.current);
    return [{ key: item.key, icon: item.icon, path: null, current, entries }];
  });
}

function isAt(path: string, here: string): boolean {
  if (path === '/') return here === '/';
  return path === here || here.startsWith(`${path}/`);
}
