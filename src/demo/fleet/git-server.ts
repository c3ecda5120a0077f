import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Sshd } from './sshd.ts';

export type GitServerOptions = {
  dir: string;
  /** Folder with `<name>.git` repositories. */
  repositories: string;
  address: string;
  /** Absent or 0: a free one. */
  port?: number;
  /** Lines of authorized_keys. */
  authorizedKeys: string[];
};

/** An sshd that lets its users fetch the repositories of one folder, and do nothing else. */
export class GitServer {
  readonly sshd: Sshd;

  private constructor(sshd: Sshd) {
    this.sshd = sshd;
  }

  static async start(options: GitServerOptions): Promise<GitServer> {
    const script = join(options.dir, 'serve');
    const authorizedKeys = options.authorizedKeys.map((line) => `restrict,command="${script}" ${line}`);
    const { dir, address, port } = options;
    const sshd = await Sshd.start({ dir, address, port, authorizedKeys, home: dir });
    writeFileSync(script, serving(options.repositories), { mode: 0o700 });
    return new GitServer(sshd);
  }

  /** `host:port`, as git servers are pinned. */
  get server(): string {
    return `${this.sshd.address}:${this.sshd.port}`;
  }

  get hostKey(): string {
    return this.sshd.hostKey;
  }

  /** The address of one repository. */
  url(name: string): string {
    return `ssh://${userInfo().username}@${this.server}/${name}.git`;
  }

  stop(): Promise<void> {
    return this.sshd.stop();
  }
}

/** git sends `git-upload-pack '/name.git'`; nothing else is let through, and no other folder. */
function serving(repositories: string): string {
  return `#!/bin/sh
case $SSH_ORIGINAL_COMMAND in
  "git-upload-pack '/"*".git'") ;;
  *) echo 'This server is for fetching only.' >&2; exit 1 ;;
esac
name=\${SSH_ORIGINAL_COMMAND#*\\'/}
name=\${name%\\'}
case $name in
  *[!a-z0-9.-]* | *..*) echo 'No such repository.' >&2; exit 1 ;;
esac
exec git-upload-pack --strict '${repositories}'/"$name"
`;
}
