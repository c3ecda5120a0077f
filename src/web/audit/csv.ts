import { csvOf } from '../../model/csv.ts';
import type { SealedRow } from '../../store/audit-rows.ts';

const columns = [
  ...['seq', 'id', 'time', 'actor', 'via', 'address', 'action', 'object', 'result', 'reason'],
  ...['before', 'after', 'request', 'seal'],
];

export const csvHead = line(columns);

/** A row as RFC 4180 has it; the time in UTC, ISO 8601. */
export function csvLine(row: SealedRow): string {
  const { seq, id, at, actor, via, ip, action, object, result, reason, before, after } = row;
  const time = new Date(at).toISOString();
  const first = [seq === null ? '' : String(seq), id, time, actor, via, ip ?? '', action, object];
  return line([
    ...first,
    result,
    reason ?? '',
    before ?? '',
    after ?? '',
    row.requestId ?? '',
    row.hash ?? '',
  ]);
}

function line(values: string[]): string {
  return csvOf([values]);
}
