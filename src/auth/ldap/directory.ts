import { Connection, type Entry, type Server } from './connection.ts';
import { DirectoryAway } from './directory-away.ts';
import type { DirectoryPerson, DirectorySettings } from './directory-settings.ts';
import { escapeDn, escapeFilter, fill } from './escape.ts';
import { isInside } from './name.ts';

/** An LDAP directory. Every deed ends within the deadline, whatever the directory does. */
export class Directory {
  readonly settings: DirectorySettings;

  constructor(settings: DirectorySettings) {
    this.settings = settings;
  }

  /**
   * Whose name and password these are; null for a wrong password, no such person, or more than one.
   * @throws DirectoryAway
   */
  async signIn(username: string, password: string): Promise<DirectoryPerson | null> {
    if (!isUsable(username) || !isUsable(password)) return null;
    return this.#connected((connection) =>
      this.settings.userDn === ''
        ? this.#searchAndBind(connection, username, password)
        : this.#bindDirectly(connection, username, password),
    );
  }

  /** The person of this name; null where there is none, or more than one. @throws DirectoryAway */
  async byName(username: string): Promise<DirectoryPerson | null> {
    if (!isUsable(username)) return null;
    return this.#asked((connection) => this.#find(connection, this.#byName(username)));
  }

  /** The person of this id; null where they are gone or may not come in. @throws DirectoryAway */
  async byId(id: string): Promise<DirectoryPerson | null> {
    return this.#asked((connection) =>
      this.#find(connection, `(${this.settings.idAttribute}=${escapeFilter(id)})`),
    );
  }

  async #searchAndBind(connection: Connection, username: string, password: string) {
    await this.#bindAsUs(connection);
    const person = await this.#find(connection, this.#byName(username));
    return person && (await connection.bind(person.dn, password)) ? person : null;
  }

  async #bindDirectly(connection: Connection, username: string, password: string) {
    const dn = fill(this.settings.userDn, { username }, escapeDn);
    if (!isInside(dn, this.settings.base) || !(await connection.bind(dn, password))) return null;
    return this.#find(connection, '(objectClass=*)', dn);
  }

  #byName(username: string): string {
    return fill(this.settings.filter, { username }, escapeFilter);
  }

  async #find(connection: Connection, filter: string, dn?: string): Promise<DirectoryPerson | null> {
    const { base, activeFilter, usernameAttribute, nameAttribute, idAttribute } = this.settings;
    const found = await connection.search({
      base: dn ?? base,
      scope: dn === undefined ? 'sub' : 'base',
      filter: activeFilter === '' ? filter : `(&${filter}${activeFilter})`,
      attributes: [usernameAttribute, nameAttribute, idAttribute, 'memberOf'],
    });
    const [entry] = found;
    if (!entry || found.length > 1 || !isInside(entry.dn, base)) return null;
    const [id, username] = [first(entry, idAttribute), first(entry, usernameAttribute)];
    if (id === '' || username === '') return null;
    const displayName = first(entry, nameAttribute).slice(0, 128) || username;
    return {
      id,
      dn: entry.dn,
      username,
      displayName,
      groups: await this.#groups(connection, entry, username),
    };
  }

  async #groups(connection: Connection, { dn, attributes }: Entry, username: string): Promise<string[]> {
    const { groupBase, groupFilter } = this.settings;
    if (groupBase === '') return attributes.get('memberof') ?? [];
    const filter = fill(groupFilter, { dn, username }, escapeFilter);
    const groups = await connection.search(
      { base: groupBase, scope: 'sub', filter, attributes: ['cn'] },
      1000,
    );
    return groups.map((group) => group.dn).filter((group) => isInside(group, groupBase));
  }

  async #bindAsUs(connection: Connection): Promise<void> {
    const { bindDn, bindPassword } = this.settings;
    if (!(await connection.bind(bindDn, bindPassword)))
      throw new DirectoryAway('the directory refused CEDAR_LDAP_BIND_DN');
  }

  async #asked<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#connected(async (connection) => {
      await this.#bindAsUs(connection);
      return ask(connection);
    });
  }

  /** Asks the first server that lets itself be reached; all of them together have one deadline. */
  async #connected<T>(deed: (connection: Connection) => Promise<T>): Promise<T> {
    const signal = AbortSignal.timeout(this.settings.seconds * 1000);
    const connection = await this.#firstOf(signal);
    try {
      return await deed(connection);
    } finally {
      connection.close();
    }
  }

  async #firstOf(signal: AbortSignal): Promise<Connection> {
    let last: unknown = new DirectoryAway('there is no server');
    const share = (this.settings.seconds * 1000) / this.settings.servers.length;
    for (const server of this.settings.servers)
      try {
        return await openWithin(server, signal, share);
      } catch (error) {
        last = error;
      }
    throw last;
  }
}

/** The connection lives as long as `signal` lets it; opening it may take `ms`. */
async function openWithin(server: Server, signal: AbortSignal, ms: number): Promise<Connection> {
  const opening = new AbortController();
  const timer = setTimeout(() => opening.abort(), ms);
  try {
    return await Connection.open(server, AbortSignal.any([signal, opening.signal]));
  } finally {
    clearTimeout(timer);
  }
}

/** What may be sent at all: an empty password would count as right (RFC 4513, 5.1.2). */
function isUsable(text: string): boolean {
  return text.trim() !== '' && text.length <= 512 && !text.includes('\0');
}

function first({ attributes }: Entry, name: string): string {
  return attributes.get(name.toLowerCase())?.[0] ?? '';
}
