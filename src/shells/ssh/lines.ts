import type { ClientChannel } from 'ssh2';

/** A stream to a socket of the far end. */
export type Line = {
  channel: ClientChannel;
  /** It was used before: the far end may have closed it meanwhile, and nobody noticed yet. */
  used: boolean;
  /** Keeps the stream for the next who asks; nothing may be under way on it. Otherwise it must be destroyed. */
  park(): void;
};

/** Whatever happens on a parked stream is its end. */
const events = ['data', 'end', 'error', 'close'] as const;

/** Streams that wait to be used again, at most one for each socket. */
export class Lines {
  private readonly waiting = new Map<string, { channel: ClientChannel; unpark(): void }>();

  /** @param letGo what is to be called as soon as the stream is parked or closed; told of a close already */
  line(path: string, channel: ClientChannel, letGo: () => void, used = false): Line {
    const park = () => {
      channel.removeListener('close', letGo);
      letGo();
      this.park(path, channel);
    };
    return { channel, used, park };
  }

  /** @param hold makes what is to be called at the end of the use */
  take(path: string, hold: () => () => void): Line | null {
    const parked = this.waiting.get(path);
    if (!parked) return null;
    parked.unpark();
    const letGo = hold();
    parked.channel.once('close', letGo);
    return this.line(path, parked.channel, letGo, true);
  }

  private park(path: string, channel: ClientChannel): void {
    if (!channel.writable || channel.readableEnded || this.waiting.has(path)) {
      channel.destroy();
      return;
    }
    const unpark = () => {
      this.waiting.delete(path);
      for (const event of events) channel.removeListener(event, spoilt);
    };
    const spoilt = () => {
      unpark();
      channel.destroy();
    };
    for (const event of events) channel.on(event, spoilt);
    this.waiting.set(path, { channel, unpark });
  }
}
