import { randomBytes } from 'node:crypto';

/** One guarded run: the same key is never run twice on a host. */
export type GuardedRun = {
  projectKey: string;
  fence: number;
  /** `<operation>.<step>.<attempt>`: letters, digits, `.`, `_`, `-`. */
  key: string;
  action: string;
  input?: string | Buffer;
  /** The host ends the action after so long. */
  timeoutSeconds: number;
  signal?: AbortSignal;
};

type Head = Pick<GuardedRun, 'projectKey' | 'fence' | 'key' | 'timeoutSeconds'>;

/** The first line that the guard reads. */
export function headOf(verb: string, run: Head, nonce: string, bytes: readonly number[] = [0, 0]): string {
  const { projectKey, fence, key, timeoutSeconds } = run;
  return [verb, projectKey, fence, key, Math.ceil(timeoutSeconds), nonce, ...bytes].join(' ');
}

/** Known to nothing on the host before. */
export const newNonce = () => randomBytes(12).toString('hex');
export const announced = (projectKey: string, fence: number): GuardedRun => ({
  ...{ projectKey, fence },
  ...{ key: '-', action: '', timeoutSeconds: 60 },
});

/** The guard waits for the run before, and ends its own in time. */
export const deadlineOf = ({ timeoutSeconds }: Head) => (timeoutSeconds + 45) * 1000;
