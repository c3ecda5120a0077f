import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './commands.ts';
import type { Machine, Machines } from './machines.ts';
import type { Tool } from './tool.ts';
import type { Tree } from './tree.ts';

/** shipit-deploy from the tree as it is, without fetching it from git, with hard-linked copies and warm connections. */
export function shipit(machines: Machines, targets: Machine[], tree: Tree): Tool {
  const dir = join(machines.dir, 'shipit');
  return {
    name: 'shipit',
    live: 'home/shipit/current',
    install: async () => {
      mkdirSync(join(dir, 'bin'), { recursive: true });
      writeFileSync(join(dir, 'package.json'), '{"private":true}\n');
      const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
      await command(['npm', 'install', ...flags, 'shipit-cli@5.3.0', 'shipit-deploy@5.3.0'], { cwd: dir });
      // ssh finds its configuration by the password file, not by HOME: this stands for a ~/.ssh/config.
      const wrapper = `#!/bin/sh\nexec /usr/bin/ssh -F ${machines.warmConfig} "$@"\n`;
      writeFileSync(join(dir, 'bin/ssh'), wrapper, { mode: 0o755 });
      writeFileSync(join(dir, 'shipitfile.js'), recipe(machines, targets, tree));
    },
    deploy: async () => {
      const env = { PATH: `${join(dir, 'bin')}:${process.env.PATH}` };
      await command([join(dir, 'node_modules/.bin/shipit'), 'bench', 'deploy'], { cwd: dir, env });
    },
    close: async () => undefined,
  };
}

const recipe = (machines: Machines, targets: Machine[], tree: Tree) => `module.exports = (shipit) => {
  require('shipit-deploy')(shipit);
  shipit.initConfig({
    default: {
      workspace: '${tree.dir}', keepWorkspace: true, branch: 'HEAD', shallowClone: false, ignores: ['.git'],
      deployTo: '~/shipit', keepReleases: 99, deleteOnRollback: false, copy: '-al',
    },
    bench: { servers: ${JSON.stringify(targets.map(({ name }) => `${machines.user}@${name}`))} },
  });
};
`;
