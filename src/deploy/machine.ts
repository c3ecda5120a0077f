import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** This machine since it was started last: what a process left in its folders there is only known there and then. */
export async function machineNow(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${hostname()} ${boot.trim()}`;
}
