import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './commands.ts';
import { ensurePackages } from './install.ts';
import type { Machine, Machines } from './machines.ts';
import type { Tool } from './tool.ts';
import type { Tree } from './tree.ts';

/** ansible with synchronize: pipelining, ten forks, ControlPersist, no facts, as few tasks as the work needs. */
export function ansible(machines: Machines, targets: Machine[], tree: Tree): Tool {
  const dir = join(machines.dir, 'ansible');
  return {
    name: 'ansible',
    live: 'ansible/current',
    install: async () => {
      await ensurePackages('ansible-playbook', ['ansible']);
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, 'ansible.cfg'), settings(machines, dir));
      const lines = targets.map((one) => `${one.name} base=${join(one.dir, 'ansible')}`);
      writeFileSync(join(dir, 'inventory'), `[all]\n${lines.join('\n')}\n`);
      writeFileSync(join(dir, 'deploy.yml'), playbook(tree));
    },
    deploy: async (round) => {
      const env = { ANSIBLE_CONFIG: join(dir, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1' };
      await command(['ansible-playbook', '-e', `release=${round}`, 'deploy.yml'], { cwd: dir, env });
    },
    // Its connections are the warm ones, which raw rsync closes.
    close: async () => undefined,
  };
}

const settings = (machines: Machines, dir: string) => `[defaults]
inventory = ${join(dir, 'inventory')}
forks = 10
gathering = explicit
retry_files_enabled = False
local_tmp = ${join(dir, 'tmp')}
interpreter_python = /usr/bin/python3
strategy = free
[ssh_connection]
pipelining = True
ssh_args = -F ${machines.warmConfig}
`;

const playbook = (tree: Tree) => `- hosts: all
  gather_facts: false
  tasks:
    - shell: if [ -e current ]; then cp -al "$(readlink current)" releases/{{ release }}; else mkdir -p releases/{{ release }}; fi
      args:
        chdir: "{{ base }}"
    - synchronize:
        src: ${tree.dir}/
        dest: "{{ base }}/releases/{{ release }}/"
        delete: true
        use_ssh_args: true
        rsync_opts: ["--exclude=/.git"]
    - shell: ln -sfn releases/{{ release }} next && mv -T next current
      args:
        chdir: "{{ base }}"
`;
