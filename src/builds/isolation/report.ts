import { userInfo } from 'node:os';
import type { MachineReport } from '../../model/machine-report.ts';
import { runLocal } from '../../shells/local.ts';
import type { Isolation } from './confinement.ts';

const programs: Record<string, string[]> = {
  git: ['git', '--version'],
  rsync: ['rsync', '--version'],
  bwrap: ['bwrap', '--version'],
  setpriv: ['setpriv', '--version'],
};

/** What this machine has, for the doctor's page. */
export async function reportOf({ kind, strong }: Isolation): Promise<MachineReport> {
  const found = Object.entries(programs).map(async ([name, argv]) => [name, await versionOf(argv)] as const);
  const versions = { node: process.version, ...Object.fromEntries(await Promise.all(found)) };
  return { user: userInfo().username, isolation: { kind, strong }, versions };
}

/** The first number with dots that it prints; empty where it cannot be started. */
async function versionOf(argv: string[]): Promise<string> {
  const said = await runLocal(argv, { deadlineMs: 10_000, cwd: '/' }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  return /(?<!\d)\d+(?:\.\d+)+/.exec(said)?.[0] ?? '';
}
