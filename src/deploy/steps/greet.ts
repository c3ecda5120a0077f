import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import { judgeAddress } from '../../model/host-address.ts';
import type { KnownOf } from '../../model/known-machine.ts';
import { scanHostKey } from '../../shells/ssh/host-key.ts';
import { SshError } from '../../shells/ssh/ssh-error.ts';
import { targetOf } from '../../shells/ssh/target.ts';
import { StepFailed } from '../failure.ts';
import type { Step, StepContext } from '../step.ts';
import { trust } from '../trust.ts';

/** Waits for the new machine's ssh, judges its key, and asks for its hostname where none was given. */
export const greet: Step = {
  async run(context) {
    const { tools, snapshot, records } = context;
    const { hostId, address } = snapshot.params.arrival!;
    const known = await records.knownOf(snapshot.project.environment, hostId);
    const { expansionTries: tries, expansionEverySeconds, allowLoopbackHosts: allowLoopback } = tools.config;
    const verdict = judgeAddress(address, { allowLoopback, own: known.own });
    if (!verdict.ok) throw new StepFailed(`arrival_${verdict.code}`, { address });
    for (let attempt = 1; ; attempt++) {
      try {
        return await meet(context, known);
      } catch (error) {
        await again(context, error, attempt, tries);
        await pause(expansionEverySeconds * 1000, undefined, { signal: context.signal });
      }
    }
  },
};

async function meet(context: StepContext, known: KnownOf) {
  const { tools, snapshot, log } = context;
  const [host, arrival] = [snapshot.hosts[0]!, snapshot.params.arrival!];
  const { connectSeconds } = tools.config;
  const { address, settings, weakSsh } = host;
  const shown = await scanHostKey(address, settings.sshPort, connectSeconds * 1000, weakSsh);
  const why = await trust(context, arrival, known, shown);
  log.line(`${host.address} shows ${shown.algorithm} ${shown.fingerprint}: ${why}`);
  const target = { ...targetOf(host), hostKey: shown.key };
  const { stdout } = await tools.pool.exec(target, ['hostname'], { signal: context.signal });
  const name = known.name ?? arrival.name ?? (await nameOf(context, stdout));
  log.line(`${host.address} answers as ${stdout.trim()}; here it is ${name}`);
  return { learned: { name, hostKey: shown.key }, evidence: { name, fingerprint: shown.fingerprint } };
}

/** What the machine calls itself, where that is a name and free; else its address. */
async function nameOf({ records, snapshot }: StepContext, said: string): Promise<string> {
  const { address, hostId } = snapshot.params.arrival!;
  const name = said.trim().toLowerCase();
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name) || name.startsWith('localhost')) return address;
  return (await records.isNameFree(name, hostId)) ? name : address;
}

/** A machine that is being set up answers late, or does not know our key yet; anything else ends the wait. */
async function again({ log, snapshot }: StepContext, error: unknown, attempt: number, tries: number) {
  if (!(error instanceof SshError) || error.kind === 'host-key') throw error;
  const { address } = snapshot.params.arrival!;
  const reason = messageOf(error.cause ?? error);
  log.line(`${address} is not ready (${error.kind}: ${reason}), attempt ${attempt} of ${tries}`);
  if (attempt >= tries)
    throw new StepFailed('arrival_no_ssh', { address, tries, reason: `${error.kind}: ${reason}` });
}
