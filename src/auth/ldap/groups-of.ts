import type { Connection, Entry } from './connection.ts';
import type { DirectorySettings } from './directory-settings.ts';
import { escapeFilter, fill } from './escape.ts';
import { isInside } from './name.ts';

/** How many groups of one person are read. */
const MOST = 1000;

/**
 * The groups of somebody, as distinguished names. Null where the directory did not show that there are none: a
 * right that the console lost looks the same.
 */
export async function groupsOf(
  connection: Connection,
  settings: DirectorySettings,
  entry: Entry,
  username: string,
): Promise<string[] | null> {
  return settings.groupBase === ''
    ? byAttribute(connection, settings, entry)
    : bySearch(connection, settings, entry.dn, username);
}

async function byAttribute(connection: Connection, { base }: DirectorySettings, { attributes }: Entry) {
  const groups = attributes.get('memberof') ?? [];
  if (groups.length > 0) return groups;
  const others = { base, scope: 'sub', filter: '(memberOf=*)', attributes: ['memberOf'] } as const;
  const [other] = (await connection.search(others, 1)).entries;
  return other?.attributes.has('memberof') ? [] : null;
}

async function bySearch(
  connection: Connection,
  { groupBase: base, groupFilter }: DirectorySettings,
  dn: string,
  username: string,
) {
  const filter = fill(groupFilter, { dn, username }, escapeFilter);
  const { entries, ended } = await connection.search(
    { base, scope: 'sub', filter, attributes: ['cn'] },
    MOST,
  );
  if (ended !== 'all') return null;
  if (entries.length > 0) return entries.map((group) => group.dn).filter((group) => isInside(group, base));
  const anybody = groupFilter.replace(/\{\{\w+\}\}/g, '*');
  const groups = await connection.search({ base, scope: 'sub', filter: anybody, attributes: ['1.1'] }, 1);
  if (groups.entries.length > 0) return [];
  const holder = {
    ...{ base, filter: '(objectClass=*)', attributes: ['hasSubordinates'] },
    scope: 'base' as const,
  };
  const [held] = (await connection.search(holder)).entries;
  return held?.attributes.get('hassubordinates')?.[0] === 'FALSE' ? [] : null;
}
