import { BadSettings, loadEnvFile, readConfig } from '../../config.ts';
import { messageOf } from '../../errors.ts';
import { type Head, headText, readHead } from '../../model/audit-chain.ts';
import { type Verdict, verify } from '../../store/audit-verify.ts';
import { type Db, openDatabase } from '../../store/database.ts';
import { CommandFailed } from './exit.ts';
import type { Output } from './output.ts';

const faults: Record<NonNullable<Verdict['bad']>['fault'], string> = {
  changed: 'was changed, or its seal was',
  missing: 'is missing',
  inserted: 'was inserted afterwards: it claims a time at which it was not there',
  reordered: 'stands where another row belongs',
  'cut-off': 'and all after it were cut off',
  reset: 'is not the row that was sealed there: the chain was made anew',
};

/**
 * Walks the chain of the audit trail, in the database that the settings of the processes name.
 * @param heads `seq:hash`, kept elsewhere
 * @throws CommandFailed `failed` naming the first bad row; `usage`; `unreachable`
 */
export async function verifyAudit(output: Output, heads: string[]): Promise<void> {
  const known = heads.map(head);
  const db = open();
  try {
    tell(output, await reached(() => verify(db, known)));
  } finally {
    await db.destroy();
  }
}

function head(text: string): Head {
  const read = readHead(text);
  if (read === null) throw new CommandFailed('usage', `A head is <seq>:<64 hex digits>, not ${text}.`);
  return read;
}

function open(): Db {
  try {
    loadEnvFile();
    return openDatabase(readConfig(process.env));
  } catch (error) {
    if (error instanceof BadSettings) throw new CommandFailed('usage', error.message);
    throw error;
  }
}

async function reached(work: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await work();
  } catch (error) {
    throw new CommandFailed('unreachable', `The database does not answer: ${messageOf(error)}`);
  }
}

function tell(output: Output, verdict: Verdict): void {
  const answer = { ok: verdict.bad === null, ...verdict, head: headText(verdict.head) };
  if (verdict.bad === null) {
    output.value(answer);
    output.say(
      `The audit trail is whole: ${verdict.head.seq} rows, ${verdict.unsealed} more wait for a seal.`,
    );
    output.say(`Head: ${answer.head}`);
    return;
  }
  const { seq, auditId, fault } = verdict.bad;
  const row = auditId ? `Row ${seq} (${auditId})` : `Row ${seq}`;
  throw new CommandFailed('failed', `${row} ${faults[fault]}. Good up to ${answer.head}.`, answer);
}
