import { isInside } from '../model/address-range.ts';
import type { Arrival } from '../model/arrival.ts';
import { isGivenKey } from '../model/given-host-key.ts';
import type { KnownOf } from '../model/known-machine.ts';
import type { HostKey } from '../shells/ssh/host-key.ts';
import { StepFailed } from './failure.ts';
import type { StepContext } from './step.ts';

/**
 * Judges the key that an arriving machine shows; answers in words why it is trusted. One that nobody vouches for is
 * kept for an admin.
 * @throws StepFailed `arrival_key_changed`, `arrival_key_other`, `arrival_key_waiting`
 */
export async function trust(
  { records, snapshot }: StepContext,
  { address, givenKey, hostId }: Arrival,
  known: KnownOf,
  shown: HostKey,
): Promise<string> {
  const { key, fingerprint } = shown;
  const detail = { address, fingerprint };
  if (known.pinnedKey && known.pinnedKey !== key) throw new StepFailed('arrival_key_changed', detail);
  if (givenKey && !isGivenKey(givenKey, key)) throw new StepFailed('arrival_key_other', detail);
  if (known.pinnedKey) return 'the accepted key of this host';
  if (givenKey) return 'the key that was given in the call';
  if (known.acceptedKey === key) return 'an admin accepted it';
  if (isInside(known.ranges, address))
    return `accepted when first seen, inside a range of ${snapshot.project.environment}`;
  await records.keepWaiting(hostId, shown);
  throw new StepFailed('arrival_key_waiting', detail);
}
