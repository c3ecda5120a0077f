import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { targetOf } from '../shells/ssh/target.ts';
import type { HostStepContext } from './step.ts';

const script = readFileSync(join(import.meta.dirname, '../commands/port-owner.sh'), 'utf8');

/**
 * Does the process that we restarted, or a child of it, listen on its port? `unseen` where the host does not let us
 * look (another user's processes).
 */
export async function ownerOfPort(
  context: HostStepContext,
  port: number,
): Promise<'ours' | 'other' | 'unseen'> {
  const { tools, host, hostFacts, process } = context;
  const pid = hostFacts.pids[process];
  if (!pid) return 'unseen';
  const argv = ['sh', '-c', script, 'cedar', String(port), String(pid)];
  const { stdout } = await tools.pool.exec(targetOf(host), argv);
  const word = stdout.trim();
  return word === 'ours' || word === 'other' ? word : 'unseen';
}
