import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

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

/** Counts attempts to sign in. From the machine itself an account has a count of its own, which nobody outside can use up. */
export class Attempts {
  readonly #accounts: RateLimiterMemory;
  readonly #addresses: RateLimiterMemory;

  constructor(limits: AttemptLimits = attemptLimits) {
    this.#accounts = new RateLimiterMemory({ points: limits.perAccount, duration: limits.accountSeconds });
    this.#addresses = new RateLimiterMemory({ points: limits.perAddress, duration: limits.addressSeconds });
  }

  /** Counts an attempt. @returns 0 where it may be made, else the seconds to wait. */
  async begin(account: string, address: string, local: boolean): Promise<number> {
    const byAddress = await waitOf(this.#addresses.consume(address));
    const byAccount = await waitOf(this.#accounts.consume(keyOf(account, local)));
    return Math.max(byAddress, byAccount);
  }

  /** The password was right: the account's count begins anew. */
  async succeeded(account: string, local: boolean): Promise<void> {
    await this.#accounts.delete(keyOf(account, local));
  }
}

function keyOf(account: string, local: boolean): string {
  return `${local ? 'local' : 'far'}:${account.toLowerCase().slice(0, 64)}`;
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
