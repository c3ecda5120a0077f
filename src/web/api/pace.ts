import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CedarError } from '../../errors.ts';

/** How much a web process takes: calls per token, wrong tokens per address, scalings per token and project; a minute. */
export class Pace {
  readonly #calls: RateLimiterMemory;
  readonly #strangers: RateLimiterMemory;
  readonly #scalings: RateLimiterMemory;

  constructor(limits: { calls: number; scalings: number; strangers?: number }) {
    this.#calls = new RateLimiterMemory({ points: limits.calls, duration: 60 });
    this.#strangers = new RateLimiterMemory({ points: limits.strangers ?? 60, duration: 60 });
    this.#scalings = new RateLimiterMemory({ points: limits.scalings, duration: 60 });
  }

  /** Counts a call. @throws CedarError `too_many_calls` (429) */
  call(tokenId: string): Promise<void> {
    return consume(this.#calls, tokenId);
  }

  /** Counts a refused token. @throws CedarError `too_many_calls` (429) */
  stranger(address: string): Promise<void> {
    return consume(this.#strangers, address);
  }

  /** Counts an expansion or a reduction. @throws CedarError `too_many_calls` (429) */
  scaling(tokenId: string, projectId: string): Promise<void> {
    return consume(this.#scalings, `${tokenId} ${projectId}`);
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const retryAfter = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw new CedarError('too_many_calls', { retryAfter }, 429);
  }
}
