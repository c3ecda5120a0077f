import type { ClientChannel } from 'ssh2';
import { orAborted } from './limit.ts';

/** What is held for a channel is let go when the channel closes, or was never opened. */
export async function carried(opening: Promise<ClientChannel>, letGo: () => void, signal: AbortSignal) {
  opening.then((channel) => channel.once('close', letGo), letGo);
  try {
    return await orAborted(opening, signal);
  } catch (error) {
    opening.then(abandon, () => null);
    throw error;
  }
}

function abandon(channel: ClientChannel): void {
  channel.resume();
  channel.close();
}
