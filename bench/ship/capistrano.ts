import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './commands.ts';
import { ensurePackages } from './install.ts';
import type { Machine, Machines } from './machines.ts';
import type { Tool } from './tool.ts';
import type { Tree } from './tree.ts';

/** capistrano as it comes: every machine fetches from the repository (here a path: no git server costs anything). */
export function capistrano(machines: Machines, targets: Machine[], tree: Tree): Tool {
  const dir = join(machines.dir, 'capistrano');
  return {
    name: 'capistrano',
    live: 'home/cap/current',
    install: async () => {
      await ensurePackages('cap', ['capistrano', 'ruby-ed25519', 'ruby-bcrypt-pbkdf']);
      mkdirSync(join(dir, 'config/deploy'), { recursive: true });
      writeFileSync(join(dir, 'Capfile'), capfile);
      writeFileSync(join(dir, 'config/deploy.rb'), recipe(machines, tree));
      const servers = targets.map(({ name }) => `server '${name}', roles: %w[app]`);
      writeFileSync(join(dir, 'config/deploy/bench.rb'), `${servers.join('\n')}\n`);
    },
    deploy: async () => {
      await command(['cap', 'bench', 'deploy'], { cwd: dir });
    },
    close: async () => undefined,
  };
}

const capfile = `require 'capistrano/setup'
require 'capistrano/deploy'
require 'capistrano/scm/git'
install_plugin Capistrano::SCM::Git
`;

/* All machines share one file system here: their HOME tells them apart. */
const recipe = (machines: Machines, tree: Tree) => `set :application, 'bench'
set :repo_url, '${tree.url}'
set :branch, 'main'
set :deploy_to, '~/cap'
set :tmp_dir, '~/cap'
set :keep_releases, 99
set :format, :dot
set :log_level, :error
set :ssh_options, { config: '${machines.plainConfig}', keys: ['${machines.keyFile}'], keys_only: true, verify_host_key: :always }
`;
