import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SshPool } from '../shells/ssh/pool.ts';
import type { Target } from '../shells/ssh/target.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/job-look.sh'), 'utf8');

/** The last run of one line of a schedule; times in seconds of the host's clock. */
export type JobRun = {
  id: string;
  begin: number;
  /** Null: it runs, or it was ended without a result. */
  end: number | null;
  code: number | 'lost' | null;
  pid: number;
  now: number;
};

/** A job as its host shows it. `marked`: its block is there; null: its crontab or file could not be read. */
export type JobSeen = { marked: boolean | null; runs: JobRun[] };

/** Looks at jobs with one command, in their order. @throws SshError */
export async function lookAtJobs(
  pool: SshPool,
  target: Target,
  crontab: readonly string[],
  jobs: { folder: string; marker: string; file: string }[],
  options: { deadlineMs?: number; signal?: AbortSignal } = {},
): Promise<JobSeen[]> {
  const nonce = randomBytes(8).toString('hex');
  const args = [
    String(crontab.length),
    ...crontab,
    ...jobs.flatMap(({ folder, marker, file }) => [folder, marker, file]),
  ];
  const { stdout } = await pool.exec(target, ['sh', '-c', script, 'cedar', nonce, ...args], options);
  const parts = stdout.split(`${nonce} job `).slice(1);
  return jobs.map(({ folder }) => {
    const part = parts.find((text) => text.slice(text.indexOf(' ') + 1).startsWith(`${folder}\n`));
    const [first = '', ...rows] = (part ?? '').split('\n');
    const word = first.split(' ')[0];
    const runs = rows.filter((row) => row.startsWith(`${nonce} run `)).map(readRun);
    return { marked: word === 'yes' ? true : word === 'no' ? false : null, runs };
  });
}

function readRun(row: string): JobRun {
  const [, , id = '', begin, end, code, pid, now] = row.split(' ');
  return {
    id,
    begin: Number(begin),
    end: end === '-' ? null : Number(end),
    code: code === 'lost' ? 'lost' : code === '-' ? null : Number(code),
    pid: Number(pid),
    now: Number(now),
  };
}
