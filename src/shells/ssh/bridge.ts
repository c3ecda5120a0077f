import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CedarError } from '../../errors.ts';
import { Passes } from './bridge-passes.ts';
import { placeForSocket, type SocketPlace } from './bridge-place.ts';
import { serveHelper } from './bridge-session.ts';
import type { SshPool } from './pool.ts';
import type { Target } from './target.ts';

/** What a local program needs to reach one host through the bridge, once. */
export type Grant = {
  /** For `rsync -e` and GIT_SSH_COMMAND. Both take it apart into the same words. */
  program: string;
  /** To be in that program's environment. */
  env: Record<string, string>;
  /** Ends the use if it goes on, and makes the grant worthless. */
  revoke(): void;
};

/** Carries rsync and git over the pool's connections, instead of an ssh binary with keys of its own. */
export class Bridge {
  private readonly pool: SshPool;
  private readonly dir: string;
  private readonly passes = new Passes();
  private readonly helpers = new Set<Socket>();
  private readonly server: Server;
  private place: SocketPlace | null = null;

  /** @param dir made with mode 0700; the socket lies in it, or in a temporary folder where it is too deep. */
  constructor(pool: SshPool, dir: string) {
    this.pool = pool;
    this.dir = dir;
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.helpers.add(socket);
      socket.once('close', () => this.helpers.delete(socket));
      serveHelper(socket, this.pool, this.passes);
    });
  }

  /** Must be done before the first grant. */
  async listen(): Promise<void> {
    this.place = await placeForSocket(this.dir);
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.place?.path, resolve);
    });
  }

  /** Lets one local program run one command on the target, provided that `allowed` accepts its text. */
  grant(target: Target, allowed: (command: string) => boolean): Grant {
    if (!this.place) throw new Error('the bridge does not listen yet');
    const { token, revoke } = this.passes.issue(target, allowed);
    const env = {
      CEDAR_BRIDGE_SOCKET: this.place.path,
      CEDAR_BRIDGE_TOKEN: token,
      // Else git runs the helper once more, to find out what kind of ssh it is.
      GIT_SSH_VARIANT: 'ssh',
    };
    return { program, env, revoke };
  }

  /** Ends all uses and removes the socket. */
  async close(): Promise<void> {
    for (const helper of this.helpers) helper.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await this.place?.clear();
  }
}

const helper = fileURLToPath(new URL('./bridge-helper.mjs', import.meta.url));
const program = [process.execPath, helper].map(word).join(' ');

/** rsync and the shell that git uses agree only on single quotes around a word without any. */
function word(path: string): string {
  if (path.includes("'")) throw new CedarError('bridge_path', { path }, 500);
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(path) ? path : `'${path}'`;
}
