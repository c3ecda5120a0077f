import type { Db } from './database.ts';

/** Which ticket an operation carried out, by the operation's id; those without one are not in it. */
export async function ticketsOfOperations(
  db: Db,
  operationIds: readonly string[],
): Promise<Map<string, string>> {
  const rows: { id: string; ticket_id: string }[] = await db('operations')
    .whereIn('id', [...operationIds])
    .whereNotNull('ticket_id')
    .select('id', 'ticket_id');
  return new Map(rows.map((row) => [row.id, row.ticket_id]));
}
