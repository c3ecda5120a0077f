import { type Db, isMysql } from './database.ts';

/** The machine on which the database itself runs; empty where it is embedded. */
export function databaseAddresses(db: Db): string[] {
  const connection = db.client.config.connection as { host?: string };
  return isMysql(db) && connection.host ? [connection.host] : [];
}
