import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './commands.ts';
import type { Machine, Machines } from './machines.ts';
import type { Tool } from './tool.ts';
import type { Tree } from './tree.ts';

/** shipit-deploy as its README sets it up: a shallow clone of its own, a copy of the release before, `rsync` into it. */
export function shipit(machines: Machines, targets: Machine[], tree: Tree): Tool {
  const config = `
      repositoryUrl: '${tree.url}', branch: 'main', shallowClone: true, ignores: ['.git', 'node_modules'],
      keepReleases: 99, deleteOnRollback: false,`;
  return shipitWith('shipit', machines, targets, { config, sshConfig: machines.plainConfig });
}

/**
 * shipit-deploy as somebody set it up who knows it well: the tree as it is instead of a clone, hard-linked copies, warm
 * connections.
 */
export function tunedShipit(machines: Machines, targets: Machine[], tree: Tree): Tool {
  const config = `
      workspace: '${tree.dir}', keepWorkspace: true, branch: 'HEAD', shallowClone: false, ignores: ['.git'],
      keepReleases: 99, deleteOnRollback: false, copy: '-al',`;
  return shipitWith('shipit, tuned', machines, targets, { config, sshConfig: machines.warmConfig });
}

type Way = { config: string; sshConfig: string };

function shipitWith(name: string, machines: Machines, targets: Machine[], way: Way): Tool {
  const folder = name.replace(', ', '-');
  const dir = join(machines.dir, folder);
  return {
    name,
    live: `home/${folder}/current`,
    install: async () => {
      mkdirSync(join(dir, 'bin'), { recursive: true });
      writeFileSync(join(dir, 'package.json'), '{"private":true}\n');
      const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
      await command(['npm', 'install', ...flags, 'shipit-cli@5.3.0', 'shipit-deploy@5.3.0'], { cwd: dir });
      // ssh finds its configuration by the password file, not by HOME: this stands for a ~/.ssh/config.
      const wrapper = `#!/bin/sh\nexec /usr/bin/ssh -F ${way.sshConfig} "$@"\n`;
      writeFileSync(join(dir, 'bin/ssh'), wrapper, { mode: 0o755 });
      writeFileSync(join(dir, 'shipitfile.js'), recipe(machines, targets, folder, way));
    },
    deploy: async () => {
      const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}` };
      await command([join(dir, 'node_modules/.bin/shipit'), 'bench', 'deploy'], { cwd: dir, env });
    },
    close: async () => undefined,
  };
}

const recipe = (
  machines: Machines,
  targets: Machine[],
  folder: string,
  { config }: Way,
) => `module.exports = (shipit) => {
  require('shipit-deploy')(shipit);
  shipit.initConfig({
    default: {${config}
      deployTo: '~/${folder}',
    },
    bench: { servers: ${JSON.stringify(targets.map(({ name }) => `${machines.user}@${name}`))} },
  });
};
`;
