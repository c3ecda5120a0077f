import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { absolutePath } from '../model/host-settings.ts';
import { procOf } from './fleet/proc.ts';

/**
 * The demo's folder, `var/demo` unless CEDAR_DEMO_DIR says another, for this process alone.
 * @throws Error where another demo uses it, or where its path has characters that a host's paths may not have.
 */
export function takeFolder(reset: boolean): string {
  const dir = resolve(process.env.CEDAR_DEMO_DIR ?? join(import.meta.dirname, '../../var/demo'));
  if (!absolutePath.safeParse(dir).success)
    throw new Error(
      `${dir}: spaces and special characters are not possible. Set CEDAR_DEMO_DIR to another folder.`,
    );
  const holder = join(dir, 'demo.pid');
  if (existsSync(holder)) refuseWhileHeld(readFileSync(holder, 'utf8'));
  if (reset) rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(holder, identity(process.pid) ?? '');
  return dir;
}

function refuseWhileHeld(holder: string): void {
  const pid = Number(holder.split(' ')[0]);
  if (pid !== process.pid && identity(pid) === holder)
    throw new Error(`The demo is running already (process ${pid}). End it there with Ctrl-C.`);
}

/** A pid may come again; together with its start it does not. */
function identity(pid: number): string | null {
  const proc = procOf(pid);
  return proc && proc.state !== 'Z' ? `${pid} ${proc.started}` : null;
}
