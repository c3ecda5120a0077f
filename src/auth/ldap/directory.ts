import { bindAsUs, connected } from './connected.ts';
import type { Connection } from './connection.ts';
import { DirectoryAway } from './directory-away.ts';
import type { DirectoryPerson, DirectorySettings } from './directory-settings.ts';
import { escapeDn, escapeFilter, fill } from './escape.ts';
import { findPerson, type Looked } from './find-person.ts';
import { isInside } from './name.ts';
import { type Doubt, doubt, unreadable } from './proof.ts';
import { idFilter } from './stable-id.ts';

/** What the directory says of somebody; `unsure`: it answered, but its answer proves nothing. */
export type Standing =
  | { is: 'here'; person: DirectoryPerson }
  | { is: 'gone' }
  | { is: 'unsure'; doubt: Doubt };

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
    return connected(this.settings, (connection) =>
      this.settings.userDn === ''
        ? this.#searchAndBind(connection, username, password)
        : this.#bindDirectly(connection, username, password),
    );
  }

  /** What is found under a name, without a password. @throws DirectoryAway */
  async byName(username: string): Promise<Standing> {
    if (!isUsable(username)) return { is: 'gone' };
    return this.#asked(async (connection) => {
      const found = await this.#looked(connection, username);
      return found ? standingOf(found) : { is: 'gone' };
    });
  }

  /** The person of this id, who was last seen as `lastDn`: still here, gone for certain, or neither. @throws DirectoryAway */
  async byId(id: string, lastDn: string | null): Promise<Standing> {
    const filter = idFilter(this.settings.idAttribute, id);
    return this.#asked(async (connection) => {
      const found = await findPerson(connection, this.settings, filter);
      if (found) return standingOf(found);
      const why = await doubt(connection, this.settings, { filter, lastDn });
      return why ? { is: 'unsure', doubt: why } : { is: 'gone' };
    });
  }

  async #searchAndBind(connection: Connection, username: string, password: string) {
    await bindAsUs(connection, this.settings);
    const person = personIn(await this.#looked(connection, username));
    return person && (await connection.bind(person.dn, password)) ? person : null;
  }

  /** Where the console has a name of its own, it reads what the person may not. */
  async #bindDirectly(connection: Connection, username: string, password: string) {
    const dn = this.#dnOf(username);
    if (!isInside(dn, this.settings.base) || !(await connection.bind(dn, password))) return null;
    await bindAsUs(connection, this.settings);
    return personIn(await findPerson(connection, this.settings, '(objectClass=*)', dn));
  }

  async #looked(connection: Connection, username: string): Promise<Looked> {
    if (this.settings.userDn !== '') return this.#lookedAt(connection, this.#dnOf(username));
    const filter = fill(this.settings.filter, { username }, escapeFilter);
    const found = await findPerson(connection, this.settings, filter);
    const unread = found ? null : await unreadable(connection, this.settings.base);
    return unread ? { doubt: unread } : found;
  }

  async #lookedAt(connection: Connection, dn: string): Promise<Looked> {
    if (!isInside(dn, this.settings.base)) return null;
    return findPerson(connection, this.settings, '(objectClass=*)', dn);
  }

  #dnOf(username: string): string {
    return fill(this.settings.userDn, { username }, escapeDn);
  }

  async #asked<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    return connected(this.settings, async (connection) => {
      await bindAsUs(connection, this.settings);
      return ask(connection);
    });
  }
}

function standingOf(found: NonNullable<Looked>): Standing {
  return 'person' in found ? { is: 'here', ...found } : { is: 'unsure', doubt: found.doubt };
}

/** Who may sign in; two entries, one elsewhere and a referral are nobody. @throws DirectoryAway where we see too little */
function personIn(found: Looked): DirectoryPerson | null {
  if (found && 'person' in found) return found.person;
  if (found && ['base', 'attributes', 'refused'].includes(found.doubt))
    throw new DirectoryAway(`what CEDAR_LDAP_BASE names cannot be read (${found.doubt})`);
  return null;
}

/** What may be sent at all: an empty password would count as right (RFC 4513, 5.1.2). */
function isUsable(text: string): boolean {
  return text.trim() !== '' && text.length <= 512 && !text.includes('\0');
}
