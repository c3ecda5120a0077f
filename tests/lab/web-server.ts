import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Daemon } from '../../src/demo/fleet/daemon.ts';
import { answers, freePort } from '../../src/demo/fleet/free-port.ts';
import { until } from '../../src/demo/fleet/until.ts';

const started: Daemon[] = [];
const folders: string[] = [];

/** A real nginx, and php-fpm where it is asked for, on an address of their own; they end with the file's tests. */
export class WebServer {
  readonly dir = mkdtempSync(join(tmpdir(), 'cedar-web-'));
  readonly address: string;
  port = 0;

  private constructor(address: string) {
    this.address = address;
    folders.push(this.dir);
  }

  /** @param site gives the inside of nginx's `server { … }`. */
  static async start(address: string, site: (web: WebServer) => string, php = false): Promise<WebServer> {
    const web = new WebServer(address);
    web.port = await freePort(address);
    mkdirSync(join(web.dir, 'tmp'));
    writeFileSync(web.siteFile, site(web));
    writeFileSync(web.file, web.configuration());
    if (php) await web.startFpm();
    web.daemon([nginx, '-p', web.dir, '-c', web.file, '-g', 'daemon off;']);
    await until('nginx listens', () => answers(address, web.port));
    return web;
  }

  private get file(): string {
    return join(this.dir, 'nginx.conf');
  }

  get siteFile(): string {
    return join(this.dir, 'site.conf');
  }

  get socket(): string {
    return join(this.dir, 'fpm.sock');
  }

  get fpmPid(): string {
    return join(this.dir, 'fpm.pid');
  }

  /** The words that make nginx read its configuration again. */
  get reload(): string {
    return `${nginx} -p ${this.dir} -c ${this.file} -s reload`;
  }

  async get(path = '/'): Promise<{ status: number; text: string; headers: Headers }> {
    const response = await fetch(`http://${this.address}:${this.port}${path}`);
    return { status: response.status, text: (await response.text()).trim(), headers: response.headers };
  }

  private configuration(): string {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `  ${name}_temp_path ${this.dir}/tmp/${name};`,
    );
    return `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 2;
pid ${this.dir}/nginx.pid;
error_log ${this.dir}/error.log;
events { worker_connections 256; }
http {
  access_log off;
  types { text/html html; text/plain txt; }
${temporary.join('\n')}
  server {
    listen ${this.address}:${this.port};
    include ${this.siteFile};
  }
}
`;
  }

  private async startFpm(): Promise<void> {
    const { username } = userInfo();
    const file = join(this.dir, 'fpm.conf');
    const root = process.getuid?.() === 0;
    writeFileSync(
      file,
      `[global]
pid = ${this.fpmPid}
error_log = ${this.dir}/fpm.log
[www]
${root ? `user = ${username}\ngroup = ${username}` : ''}
listen = ${this.socket}
pm = static
pm.max_children = 4
`,
    );
    this.daemon([fpm(), '-F', '-y', file, ...(root ? ['-R'] : [])]);
    await until('php-fpm listens', () => readdirSync(this.dir).includes('fpm.sock'));
  }

  private daemon(argv: [string, ...string[]]): void {
    const logFile = join(this.dir, 'daemon.log');
    started.push(new Daemon({ argv, env: process.env, cwd: this.dir, logFile }));
  }
}

const nginx = '/usr/sbin/nginx';

/** Debian names the program by its version. */
function fpm(): string {
  const name = readdirSync('/usr/sbin').find((one) => /^php-fpm[\d.]*$/.test(one));
  if (!name) throw new Error('php-fpm is not installed');
  return join('/usr/sbin', name);
}

afterAll(async () => {
  await Promise.all(started.map((daemon) => daemon.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
