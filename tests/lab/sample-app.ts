import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The app of the engine's tests: it writes each of its starts into the ledger, answers /healthcheck with what its
 * release's `mode` file says (on the addresses of its `ill-on` file it is sick), and `/` with its version.
 */
export const sampleSource = `
const http = require('http'), fs = require('fs'), path = require('path');
const port = Number(process.argv[2].split('=')[1]);
const illOn = fs.existsSync('ill-on') ? fs.readFileSync('ill-on', 'utf8').split(' ') : [];
const mode = illOn.includes(process.env.HOST) ? 'sick' : fs.readFileSync('mode', 'utf8').trim();
fs.appendFileSync(process.env.LEDGER, JSON.stringify({ port, pid: process.pid, at: Date.now(), dir: fs.realpathSync('.') }) + '\\n');
if (mode === 'crash') { console.error('I cannot start: no database'); process.exit(3); }
if (mode === 'flap') setTimeout(() => process.exit(4), 1600);
http.createServer((request, response) => {
  const healthy = request.url === '/healthcheck' && mode !== 'sick';
  response.statusCode = request.url === '/healthcheck' && !healthy ? 500 : 200;
  response.end(fs.readFileSync(path.join(__dirname, 'version'), 'utf8'));
}).listen(port, process.env.HOST);
`;

/** A git repository with one commit; `commit` adds more. */
export class SampleRepository {
  readonly dir = mkdtempSync(join(tmpdir(), 'cedar-repo-'));
  readonly url = `file://${this.dir}`;

  constructor() {
    this.git('init', '-q', '-b', 'main');
    this.git('config', 'user.name', 'Tester');
    this.git('config', 'user.email', 'tester@example.org');
    this.commit('v1', {});
  }

  /** Commits a version; the branch is made from the present one where it is not there. Gives the commit's id. */
  commit(
    version: string,
    options: { branch?: string; mode?: string; files?: Record<string, string> },
  ): string {
    const { branch = 'main', mode = 'well', files = {} } = options;
    if (branch !== 'main') this.git('checkout', '-q', '-B', branch, 'main');
    const all = { 'index.js': sampleSource, version: `${version}\n`, mode: `${mode}\n`, ...files };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(join(this.dir, path, '..'), { recursive: true });
      writeFileSync(join(this.dir, path), text);
    }
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', `Release ${version}`);
    const id = this.git('rev-parse', 'HEAD').trim();
    if (branch !== 'main') this.git('checkout', '-q', 'main');
    return id;
  }

  private git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.dir, encoding: 'utf8' });
  }
}
