import { randomBytes } from 'node:crypto';
import type { Target } from './target.ts';

/** One permitted use: where it goes, what may run there, and the way to end it. */
export type Pass = { target: Target; allowed: (command: string) => boolean; revoked: AbortSignal };

/** The tokens that were given out and not yet used. */
export class Passes {
  private readonly open = new Map<string, Pass>();

  /** A new token, and the deed that makes it worthless and ends its use. */
  issue(target: Target, allowed: Pass['allowed']): { token: string; revoke: () => void } {
    const token = randomBytes(32).toString('base64url');
    const controller = new AbortController();
    this.open.set(token, { target, allowed, revoked: controller.signal });
    const revoke = () => {
      this.open.delete(token);
      controller.abort(new Error('the pass was revoked'));
    };
    return { token, revoke };
  }

  /** The pass of a token, once. */
  redeem(token: string): Pass | null {
    const pass = this.open.get(token) ?? null;
    this.open.delete(token);
    return pass;
  }
}
