import { messageOf } from '../errors.ts';
import { type Db, openDatabase } from '../store/database.ts';
import {
  grantOf,
  type Original,
  operationOf,
  projectOf,
  type Row,
  serverOf,
  text,
  ticketOf,
  userOf,
} from './rows.ts';

/** The original's database does not answer, lets nobody in, or is none of the original's. */
export class OriginalUnreadable extends Error {}

/**
 * Reads the original's whole database in one read-only transaction; nothing of it is changed.
 * @param address `mysql://user:password@host:port/name`
 * @throws OriginalUnreadable with what the database said, of a missing table too
 */
export async function readOriginal(address: string): Promise<Original> {
  const db = openDatabase({ databaseUrl: address, dataDir: '' }, 1);
  try {
    await db.raw('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return await db.transaction((trx) => readAll(trx as unknown as Db));
  } catch (cause) {
    throw new OriginalUnreadable(messageOf(cause), { cause });
  } finally {
    await db.destroy();
  }
}

async function readAll(db: Db): Promise<Original> {
  const configs = new Map((await maybe(db, 'project_config')).map((row) => [text(row, 'project_name'), row]));
  const projects = (await rows(db, 'projectinfo')).map((row) =>
    projectOf(row, configs.get(text(row, 'project_name')) ?? {}),
  );
  return {
    users: (await rows(db, 'user')).map(userOf),
    groups: (await maybe(db, 'servicegroup')).map((row) => text(row, 'servicegroup')),
    grants: (await rows(db, 'userservicegroup')).map(grantOf),
    projects,
    servers: (await rows(db, 'serverinfo')).map(serverOf),
    operations: (await rows(db, 'updateoperation')).map(operationOf),
    tickets: (await maybe(db, 'workorder')).map(ticketOf),
  };
}

async function rows(db: Db, table: string): Promise<Row[]> {
  return db(table).select('*');
}

/** Not every shape has such a table. */
async function maybe(db: Db, table: string): Promise<Row[]> {
  return (await db.schema.hasTable(table)) ? rows(db, table) : [];
}
