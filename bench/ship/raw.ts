import { join } from 'node:path';
import { command, together } from './commands.ts';
import type { Machine, Machines } from './machines.ts';
import type { Tool } from './tool.ts';
import type { Tree } from './tree.ts';

/** What a careful person would write: hard-linked copy, rsync into it, switch; 8 machines at a time, warm connections. */
export function rawRsync(machines: Machines, targets: Machine[], tree: Tree): Tool {
  const ssh = ['ssh', '-F', machines.warmConfig];
  let last = -1;
  const one = async ({ name, dir }: Machine, round: number) => {
    const base = join(dir, 'raw');
    const begin =
      last < 0
        ? `mkdir -p ${base}/releases/${round}`
        : `cp -al ${base}/releases/${last} ${base}/releases/${round}`;
    await command([...ssh, name, begin]);
    const what = ['rsync', '-a', '--delete', '--exclude=/.git', '-e', ssh.join(' ')];
    await command([...what, `${tree.dir}/`, `${name}:${base}/releases/${round}/`]);
    await command([
      ...ssh,
      name,
      `ln -sfn releases/${round} ${base}/next && mv -T ${base}/next ${base}/current`,
    ]);
  };
  return {
    name: 'raw rsync',
    live: 'raw/current',
    install: async () => undefined,
    deploy: async (round) => {
      await together(targets, 8, (machine) => one(machine, round));
      last = round;
    },
    close: async () => {
      await together(targets, 8, async ({ name }) => {
        await command([...ssh, '-O', 'exit', name]);
      });
    },
  };
}

/** `rsync -az` into the live folder, 16 machines at a time, each over an ssh of its own: no release is kept. */
export function plainRsync(machines: Machines, targets: Machine[], tree: Tree): Tool {
  const ssh = ['ssh', '-F', machines.plainConfig].join(' ');
  const what = ['rsync', '-az', '--delete', '--exclude=/.git', '-e', ssh];
  return {
    name: 'rsync -az',
    live: 'plain',
    install: async () => undefined,
    deploy: () =>
      together(targets, 16, async ({ name, dir }) => {
        await command([...what, `${tree.dir}/`, `${name}:${join(dir, 'plain')}/`]);
      }),
    close: async () => undefined,
  };
}
