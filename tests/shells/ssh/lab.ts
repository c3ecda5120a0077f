import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { KeyFolder } from '../../../src/shells/ssh/keys.ts';
import { type PoolOptions, SshPool } from '../../../src/shells/ssh/pool.ts';
import { SshError } from '../../../src/shells/ssh/ssh-error.ts';
import type { Target } from '../../../src/shells/ssh/target.ts';
import { type Sshd, type SshdOptions, startSshd } from '../../lab/sshd.ts';

/** An sshd that knows our key, a pool that holds it, and what ends both. */
export type Lab = { sshd: Sshd; target: Target; keys: KeyFolder; pool: SshPool; stop(): Promise<void> };

export type LabOptions = { sshd?: Partial<SshdOptions>; pool?: Partial<PoolOptions> };

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const keys = await newKeys();
  const authorizedKeys = [(await keys.public('default')).line];
  const sshd = await startSshd({ authorizedKeys, ...options.sshd });
  const pool = newPool(keys, options.pool);
  const stop = async () => {
    await pool.close();
    await sshd.stop();
    await rm(keys.dir, { recursive: true, force: true });
  };
  return { sshd, target: sshd.target, keys, pool, stop };
}

/** A folder with one new key, `default`. */
export async function newKeys(): Promise<KeyFolder> {
  const keys = new KeyFolder(await mkdtemp(join(tmpdir(), 'cedar-keys-')));
  await keys.ensure('default');
  return keys;
}

export function newPool(keys: KeyFolder, options: Partial<PoolOptions> = {}): SshPool {
  return new SshPool({ keys, connectSeconds: 10, idleSeconds: 60, commandSeconds: 30, ...options });
}

/** The kind of the SshError with which it fails; throws for any other outcome. */
export async function kindOfFailure(attempt: Promise<unknown>): Promise<string> {
  const outcome = await attempt.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (outcome instanceof SshError) return outcome.kind;
  throw new Error(`not an SshError: ${outcome instanceof Error ? outcome.stack : JSON.stringify(outcome)}`);
}

/** Waits until it holds; fails after ten seconds unless told otherwise. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(20)) if (await holds()) return;
  throw new Error(`did not happen: ${what}`);
}

export function count(text: string, word: string): number {
  return text.split(word).length - 1;
}
