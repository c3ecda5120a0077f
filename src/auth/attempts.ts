import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { foldName } from './ldap/name.ts';

/** How many wrong passwords, and requests to sign in, are too many (S8). */
export type AttemptLimits = {
  perAccount: number;
  accountSeconds: number;
  perAddress: number;
  addressSeconds: number;
};

export const attemptLimits: AttemptLimits = {
  perAccount: 10,
  accountSeconds: 300,
  perAddress: 100,
  addressSeconds: 60,
};

/**
 * Counts attempts to sign in. The machine itself has counts of its own, for the account and for the address, which
 * nobody outside can use up: not through a proxy that stands on the same machine either. Ways to write one name
 * count as one account.
 */
export class Attempts {
  readonly #accounts: RateLimiterMemory;
  readonly #addresses: RateLimiterMemory;

  constructor(limits: AttemptLimits = attemptLimits) {
    this.#accounts = new RateLimiterMemory({ points: limits.perAccount, duration: limits.accountSeconds });
    this.#addresses = new RateLimiterMemory({ points: limits.perAddress, duration: limits.addressSeconds });
  }

  /** Counts an attempt. @returns 0 where it may be made, else the seconds to wait. */
  async begin(account: string, address: string, local: boolean): Promise<number> {
    const byAddress = await waitOf(this.#addresses.consume(placeOf(address, local)));
    const byAccount = await waitOf(this.#accounts.consume(keyOf(account, local)));
    return Math.max(byAddress, byAccount);
  }

  /** The password was right: the account's count begins anew. */
  async succeeded(account: string, local: boolean): Promise<void> {
    await this.#accounts.delete(keyOf(account, local));
  }
}

function keyOf(account: string, local: boolean): string {
  return `${local ? 'local' : 'far'}:${foldName(account).slice(0, 64)}`;
}

function placeOf(address: string, local: boolean): string {
  return `${local ? 'local' : 'far'}:${address}`;
}

async function waitOf(consumed: Promise<RateLimiterRes>): Promise<number> {
  try {
    await consumed;
    return 0;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
  }
}
