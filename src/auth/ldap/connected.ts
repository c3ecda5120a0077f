import { Connection, type Server } from './connection.ts';
import { DirectoryAway } from './directory-away.ts';
import type { DirectorySettings } from './directory-settings.ts';

/** Asks the first server that lets itself be reached; all of them together have one deadline. @throws DirectoryAway */
export async function connected<T>(
  settings: DirectorySettings,
  deed: (connection: Connection) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(settings.seconds * 1000);
  const connection = await firstOf(settings, signal);
  try {
    return await deed(connection);
  } finally {
    connection.close();
  }
}

/** Signs in as the console itself; stays a stranger where no name is set. @throws DirectoryAway */
export async function bindAsUs(connection: Connection, settings: DirectorySettings): Promise<void> {
  const { bindDn, bindPassword } = settings;
  if (bindDn !== '' && !(await connection.bind(bindDn, bindPassword)))
    throw new DirectoryAway('the directory refused CEDAR_LDAP_BIND_DN');
}

async function firstOf({ servers, seconds }: DirectorySettings, signal: AbortSignal): Promise<Connection> {
  let last: unknown = new DirectoryAway('there is no server');
  const share = (seconds * 1000) / servers.length;
  for (const server of servers)
    try {
      return await openWithin(server, signal, share);
    } catch (error) {
      last = error;
    }
  throw last;
}

/** The connection lives as long as `signal` lets it; opening it may take `ms`. */
export async function openWithin(server: Server, signal: AbortSignal, ms: number): Promise<Connection> {
  const opening = new AbortController();
  const timer = setTimeout(() => opening.abort(), ms);
  try {
    return await Connection.open(server, AbortSignal.any([signal, opening.signal]));
  } finally {
    clearTimeout(timer);
  }
}
