import type { OperationHost, OperationKind } from './operation.ts';

/** The operation that may have made a service ill, as people are told of it. */
export type Culprit = {
  kind: OperationKind;
  by: string;
  /** It replaced a release there, and that is still kept. */
  back: boolean;
};

/** The release that an operation replaced on a host; null: none, so that there is nothing to go back to. */
export function replacedOn(host: Pick<OperationHost, 'releaseBefore' | 'releaseAfter'>): string | null {
  return host.releaseBefore === host.releaseAfter ? null : host.releaseBefore;
}
