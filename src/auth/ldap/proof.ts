import type { Connection } from './connection.ts';
import type { DirectorySettings } from './directory-settings.ts';
import { isInside, parentDn } from './name.ts';

/** Why nobody can say whether an entry that was not found is still there. */
export const doubts = [
  'base',
  'referred',
  'refused',
  'filter',
  'place',
  'nobody',
  'attributes',
  'several',
  'outside',
] as const;
export type Doubt = (typeof doubts)[number];

const ANY = '(objectClass=*)';

/** Where an entry that a search did not find was last seen. */
export type Missed = { filter: string; lastDn: string | null };

/**
 * What stands against believing that somebody who was not found is gone or shut out; null: nothing. A directory
 * hides what one may not read as if it were not there, so each step asks for something that must be seen.
 */
export async function doubt(
  connection: Connection,
  settings: DirectorySettings,
  { filter, lastDn }: Missed,
): Promise<Doubt | null> {
  const { base, activeFilter } = settings;
  const unread = await unreadable(connection, base);
  if (unread) return unread;
  if ((await connection.search({ base, scope: 'sub', filter, attributes: ['1.1'] })).entries.length > 0)
    return (await isShutOut(connection, base, `(&${filter}(!${activeFilter || ANY}))`)) ? null : 'filter';
  const place = lastDn === null ? '' : parentDn(lastDn);
  const known = place !== '' && isInside(place, base);
  return witnessed(connection, settings, known ? place : base, known ? 'one' : 'sub');
}

/** Why an entry cannot be read; null where it can. */
export async function unreadable(connection: Connection, base: string): Promise<Doubt | null> {
  const { entries, ended } = await connection.search({
    base,
    scope: 'base',
    filter: ANY,
    attributes: ['1.1'],
  });
  if (ended === 'referred' || ended === 'refused') return ended;
  return entries.length === 1 ? null : 'base';
}

/** A comparison that we may not make is neither true nor false: its opposite does not match either. */
async function isShutOut(connection: Connection, base: string, filter: string): Promise<boolean> {
  return (await connection.search({ base, scope: 'sub', filter, attributes: ['1.1'] })).entries.length === 1;
}

/** Somebody else must be seen where it was, or that place must say that nothing is in it. */
async function witnessed(
  connection: Connection,
  settings: DirectorySettings,
  place: string,
  scope: 'one' | 'sub',
): Promise<Doubt | null> {
  if (await seesSomebody(connection, settings, place, scope)) return null;
  const holder = { base: place, scope: 'base', filter: ANY, attributes: ['hasSubordinates'] } as const;
  const [held] = (await connection.search(holder)).entries;
  if (!held) return 'place';
  return held.attributes.get('hassubordinates')?.[0] === 'FALSE' ? null : 'nobody';
}

/** True where anybody is seen with all that makes a person here. */
export async function seesSomebody(
  connection: Connection,
  { base, idAttribute, usernameAttribute }: DirectorySettings,
  place = base,
  scope: 'one' | 'sub' = 'sub',
): Promise<boolean> {
  const attributes = [idAttribute, usernameAttribute];
  const filter = `(&(${idAttribute}=*)(${usernameAttribute}=*))`;
  const [other] = (await connection.search({ base: place, scope, filter, attributes }, 1)).entries;
  return other !== undefined && attributes.every((name) => other.attributes.has(name.toLowerCase()));
}
