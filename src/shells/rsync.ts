import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileList, isReceiver, sentBytes, shipFiles } from '../commands/rsync.ts';
import { type LocalOptions, runLocal } from './local.ts';
import { cutShort, shipError } from './ship-error.ts';
import type { Bridge } from './ssh/bridge.ts';
import type { Target } from './ssh/target.ts';

export { ShipError, type ShipErrorKind } from './ship-error.ts';

export type Ship = {
  bridge: Pick<Bridge, 'grant'>;
  target: Target;
  /** Absolute folder here. */
  from: string;
  /** Absolute folder on the host; its parent exists. What is sent replaces what has the same path. */
  to: string;
  /** Paths relative to `from`; null: all files and links in it. Nothing on the host is ever deleted for others. */
  files: readonly string[] | null;
  deadlineMs: number;
  onOutput?: LocalOptions['onOutput'];
  signal?: AbortSignal;
};

/**
 * Sends files and links over the bridge: contents, modes and times; owners are the ssh user's. A file appears by
 * a rename, never by writing into what is there, so that hard-linked copies stay as they are.
 * @returns bytes that went out, 0 where there was nothing to send.
 * @throws ShipError; what had been sent until then stays.
 */
export async function ship(shipment: Ship): Promise<{ bytesSent: number }> {
  const { bridge, target, from, to, deadlineMs, onOutput, signal } = shipment;
  const files = shipment.files ?? (await allFiles(from));
  if (files.length === 0) return { bytesSent: 0 };
  const grant = bridge.grant(target, isReceiver);
  const argv = shipFiles({ program: grant.program, from, to });
  const env = { ...grant.env, LC_ALL: 'C.UTF-8' };
  try {
    const ended = await runLocal(argv, {
      env,
      input: fileList(files),
      cwd: '/',
      deadlineMs,
      onOutput,
      signal,
    });
    if (ended.code !== 0) throw shipError(target.name, ended.code, ended.stderr);
    return { bytesSent: sentBytes(ended.stdout) };
  } catch (error) {
    throw cutShort(target.name, error);
  } finally {
    grant.revoke();
  }
}

async function allFiles(from: string): Promise<string[]> {
  const items = await readdir(from, { recursive: true, withFileTypes: true });
  const files = items.filter((item) => !item.isDirectory());
  return files.map((item) => relative(from, join(item.parentPath, item.name)));
}
