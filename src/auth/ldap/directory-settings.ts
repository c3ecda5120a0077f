import type { Server } from './connection.ts';

/** How people of a directory are found there. */
export type DirectorySettings = {
  servers: Server[];
  /** Under which name the console itself asks; empty: as a stranger. */
  bindDn: string;
  bindPassword: string;
  /** `uid={{username}},ou=people,…`: binds with it at once; empty: searches for the name first. */
  userDn: string;
  base: string;
  filter: string;
  /** What must also match somebody who may come in; empty: nothing. */
  activeFilter: string;
  usernameAttribute: string;
  nameAttribute: string;
  idAttribute: string;
  /** Where groups are searched; empty: the attribute memberOf of the person counts. */
  groupBase: string;
  groupFilter: string;
  seconds: number;
};

/** Somebody as the directory knows them; `groups` are distinguished names, null where it did not show them. */
export type DirectoryPerson = {
  id: string;
  dn: string;
  username: string;
  displayName: string;
  groups: string[] | null;
};
