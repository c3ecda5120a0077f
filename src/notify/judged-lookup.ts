import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type AddressRules, judgeAddress } from '../model/host-address.ts';

class RefusedAddress extends Error {}

/** True where something failed because a name leads to an address that nothing is sent to. */
export function isRefusedAddress(error: unknown): boolean {
  return error instanceof RefusedAddress || (error instanceof Error && isRefusedAddress(error.cause));
}

/** Looks names up as the system does, and refuses those that lead where nothing is sent to (S62, S65). */
export function judgedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const [first] = found;
      if (!first || found.some(({ address }) => !judgeAddress(address, rules).ok))
        return done(new RefusedAddress(), '', 0);
      if (options.all) return done(null, found);
      done(null, first.address, first.family);
    });
  };
}
