import type { Connection, Entry } from './connection.ts';
import type { DirectoryPerson, DirectorySettings } from './directory-settings.ts';
import { groupsOf } from './groups-of.ts';
import { isInside } from './name.ts';
import type { Doubt } from './proof.ts';
import { idText } from './stable-id.ts';

/** Somebody found, nobody (`null`), or an answer that says neither. */
export type Looked = { person: DirectoryPerson } | { doubt: Doubt } | null;

/** The one person who matches `filter` and may come in; only the entry `dn` is looked at where it is given. */
export async function findPerson(
  connection: Connection,
  settings: DirectorySettings,
  filter: string,
  dn?: string,
): Promise<Looked> {
  const { base, activeFilter, usernameAttribute, nameAttribute, idAttribute } = settings;
  const { entries, ended } = await connection.search({
    base: dn ?? base,
    scope: dn === undefined ? 'sub' : 'base',
    filter: activeFilter === '' ? filter : `(&${filter}${activeFilter})`,
    attributes: [usernameAttribute, nameAttribute, idAttribute, 'memberOf'],
  });
  if (ended === 'referred' || ended === 'refused') return { doubt: ended };
  if (entries.length > 1 || ended === 'too_many') return { doubt: 'several' };
  const [entry] = entries;
  if (!entry) return ended === 'no_base' && dn === undefined ? { doubt: 'base' } : null;
  if (!isInside(entry.dn, base)) return { doubt: 'outside' };
  const id = idText(idAttribute, entry.bytes.get(idAttribute.toLowerCase())?.[0]);
  const username = first(entry, usernameAttribute);
  if (id === '' || username === '') return { doubt: 'attributes' };
  const displayName = first(entry, nameAttribute).slice(0, 128) || username;
  const groups = await groupsOf(connection, settings, entry, username);
  return { person: { id, dn: entry.dn, username, displayName, groups } };
}

function first({ attributes }: Entry, name: string): string {
  return attributes.get(name.toLowerCase())?.[0] ?? '';
}
