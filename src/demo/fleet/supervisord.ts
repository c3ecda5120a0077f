import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Daemon, endAll } from './daemon.ts';
import { markedWith } from './proc.ts';
import { findProgram, plainPath } from './program-path.ts';
import { until } from './until.ts';

/** What a unix socket's path may be long (unix(7)), less what supervisord adds to it while it starts (`.<pid>`). */
const LONGEST_SOCKET = 107 - 9;

/** Programs inherit this variable: so each can be found, even when its supervisord is gone. */
const MARK = 'CEDAR_FLEET';

export type SupervisordOptions = { dir: string; user?: string; password?: string };

/** A supervisord of our own: unix socket, include folder, HOME in its folder. */
export class Supervisord {
  readonly dir: string;
  readonly includeDir: string;
  readonly socket: string;
  readonly #socketDir: string | null;
  #daemon: Daemon | null = null;

  private constructor(options: SupervisordOptions) {
    this.dir = options.dir;
    this.includeDir = join(this.dir, 'conf.d');
    const near = join(this.dir, 's.sock');
    this.#socketDir = near.length <= LONGEST_SOCKET ? null : mkdtempSync(join(tmpdir(), 'cedar-sock-'));
    this.socket = this.#socketDir ? join(this.#socketDir, 's.sock') : near;
    mkdirSync(this.includeDir, { recursive: true, mode: 0o755 });
    mkdirSync(join(this.dir, 'home'), { recursive: true, mode: 0o700 });
    writeFileSync(this.conf, configuration(this, options), { mode: 0o600 });
  }

  static async start(options: SupervisordOptions): Promise<Supervisord> {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const supervisord = new Supervisord(options);
    await supervisord.#endPrograms();
    await supervisord.start();
    return supervisord;
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  get conf(): string {
    return join(this.dir, 'supervisord.conf');
  }

  /** The argv that reaches this supervisord and no other. */
  get ctl(): string[] {
    return [findProgram('supervisorctl'), '-c', this.conf];
  }

  /** Starts it again after `stop` or `kill`. */
  async start(): Promise<void> {
    if (this.#daemon?.isRunning) return;
    const daemon = new Daemon({
      argv: [findProgram('supervisord'), '-n', '-c', this.conf],
      env: {
        PATH: plainPath,
        HOME: join(this.dir, 'home'),
        USER: userInfo().username,
        LANG: 'C.UTF-8',
        [MARK]: this.dir,
      },
      cwd: this.dir,
      logFile: join(this.dir, 'supervisord.out'),
      stopMs: 20_000,
    });
    this.#daemon = daemon;
    await until('supervisord answers', () => {
      daemon.assertRunning(`supervisord (see ${join(this.dir, 'supervisord.log')})`);
      return accepts(this.socket);
    });
  }

  /** Ends it and its programs; a stopped supervisord takes its socket with it. */
  async stop(): Promise<void> {
    await this.#daemon?.stop();
    await this.#endPrograms();
  }

  /** Ends what outlived its supervisord, such as programs of one that was killed. */
  #endPrograms(): Promise<void> {
    return endAll(markedWith(MARK, this.dir), 3000);
  }

  /** kill -9: its socket file and its programs stay behind. */
  async kill(): Promise<void> {
    this.#daemon?.signal('SIGKILL');
    await until('supervisord is dead', () => !this.#daemon?.isRunning);
  }

  /** Sends SIGSTOP or SIGCONT: a stopped one accepts connections and never answers. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#daemon?.signal(name);
  }

  /** Removes the folder of a socket that had to live elsewhere. */
  removeSocket(): void {
    if (this.#socketDir) rmSync(this.#socketDir, { recursive: true, force: true });
  }
}

function configuration(supervisord: Supervisord, options: SupervisordOptions): string {
  const path = (...parts: string[]) => join(...parts).replaceAll('%', '%%');
  const login = (user: string, password: string) =>
    `username=${user}\npassword=${password.replaceAll('%', '%%')}\n`;
  const credentials = options.user ? login(options.user, options.password ?? '') : '';
  return `[supervisord]
logfile=${path(options.dir, 'supervisord.log')}
pidfile=${path(options.dir, 'supervisord.pid')}
childlogdir=${path(options.dir)}
minfds=256
minprocs=20
loglevel=info

[unix_http_server]
file=${path(supervisord.socket)}
chmod=0700
${credentials}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://${path(supervisord.socket)}
${credentials}
[include]
files=${path(supervisord.includeDir)}/*.conf
`;
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
