import { may, type Permission } from '../model/permission.ts';
import type { Person } from '../model/person.ts';

type Entry = { path: string; key: string; icon: string; permission: Permission };

const entries: Entry[] = [
  { path: '/', key: 'home', icon: 'home', permission: 'signed-in' },
  { path: '/deploy', key: 'deploy', icon: 'rocket', permission: 'signed-in' },
  { path: '/projects', key: 'projects', icon: 'apps', permission: 'signed-in' },
  { path: '/history', key: 'history', icon: 'history', permission: 'signed-in' },
  { path: '/windows', key: 'windows', icon: 'calendar', permission: 'signed-in' },
  { path: '/tickets', key: 'tickets', icon: 'tag', permission: 'signed-in' },
  { path: '/statistics', key: 'statistics', icon: 'chart-bar', permission: 'signed-in' },
  { path: '/locks', key: 'locks', icon: 'lock', permission: 'signed-in' },
  { path: '/hosts', key: 'hosts', icon: 'server', permission: 'admin' },
  { path: '/groups', key: 'groups', icon: 'users-group', permission: 'signed-in' },
  { path: '/people', key: 'people', icon: 'users', permission: 'admin' },
  { path: '/directory', key: 'directory', icon: 'user-circle', permission: 'admin' },
  { path: '/environments', key: 'environments', icon: 'stack-2', permission: 'admin' },
  { path: '/notices', key: 'notices', icon: 'bell', permission: 'admin' },
  { path: '/keys', key: 'keys', icon: 'key', permission: 'admin' },
  { path: '/api', key: 'api', icon: 'plug-connected', permission: 'signed-in' },
  { path: '/tokens', key: 'tokens', icon: 'shield-lock', permission: 'admin' },
  { path: '/audit', key: 'audit', icon: 'list-search', permission: 'admin' },
  { path: '/doctor', key: 'doctor', icon: 'heart', permission: 'admin' },
  { path: '/git-servers', key: 'git-servers', icon: 'git-branch', permission: 'admin' },
];

/** The places that a person may go, with the one at hand (`here`, a path) marked. */
export function navigation(person: Person | null, here: string): (Entry & { current: boolean })[] {
  return entries
    .filter((entry) => may(person, entry.permission))
    .map((entry) => ({ ...entry, current: entry.path === '/' ? here === '/' : isBelow(here, entry.path) }));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
