import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type FleetHost, type HostOptions, startHost } from '../../src/demo/fleet/host.ts';

const ours: FleetHost[] = [];
const folders: string[] = [];
let used = 1;

/** A loopback address that no other test process uses at the same time: programs can take any port there. */
export function ownAddress(): string {
  used += 1;
  return `127.${20 + ((process.pid >> 8) % 200)}.${process.pid % 256}.${used}`;
}

/**
 * Starts `count` hosts named h1, h2, … in temporary folders; they end when the file's tests are over.
 * @param options what differs from a plain host, for all of them.
 */
export async function startFleet(
  count: number,
  authorizedKey: HostOptions['authorizedKey'],
  options: Partial<HostOptions> = {},
): Promise<FleetHost[]> {
  const dir = mkdtempSync(join(tmpdir(), 'cedar-fl-'));
  folders.push(dir);
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const name = `h${index + 1}`;
      const host = await startHost({
        dir: join(dir, name),
        address: ownAddress(),
        authorizedKey,
        name,
        ...options,
      });
      ours.push(host);
      return host;
    }),
  );
}

afterAll(async () => {
  await Promise.all(ours.map((host) => host.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
