import { join } from 'node:path';
import { samples } from '../samples/index.ts';
import { makeRepository } from '../samples/repository.ts';
import { GitServer } from './git-server.ts';
import { type FleetHost, startHost } from './host.ts';

export type Fleet = { hosts: FleetHost[]; git: GitServer; stop(): Promise<void> };

/**
 * Starts the demo's machines below `dir`: one host per address, and a git server with the samples.
 * @throws Error of the first that does not start; those that did are ended.
 */
export async function startFleet(
  dir: string,
  addresses: { hosts: string[]; git: string; sshPort: number },
  authorizedKey: string,
): Promise<Fleet> {
  const repositories = join(dir, 'git');
  for (const sample of samples) await makeRepository(repositories, sample);
  const { sshPort } = addresses;
  const starts = await Promise.allSettled([
    GitServer.start({
      dir: join(dir, 'git-server'),
      repositories,
      address: addresses.git,
      port: sshPort,
      authorizedKeys: [authorizedKey],
    }),
    ...addresses.hosts.map((address) =>
      startHost({ dir: join(dir, 'hosts', address), address, sshPort, authorizedKey }),
    ),
  ]);
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const stop = async () => {
    await Promise.all(running.map((one) => one.stop()));
  };
  const failed = starts.find((start) => start.status === 'rejected');
  if (!failed) {
    const [git, ...hosts] = running as [GitServer, ...FleetHost[]];
    return { git, hosts, stop };
  }
  await stop();
  throw failed.reason;
}
