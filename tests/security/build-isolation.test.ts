import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sandboxProblem } from '../../src/builds/isolation/find.ts';
import { until } from '../../src/demo/fleet/until.ts';
import { build, fails, story } from '../deploy/story.ts';
import { Rig } from '../lab/rig.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';

const isRoot = process.getuid?.() === 0;
const noSandbox = await sandboxProblem();
const modes = [
  {
    mode: 'user',
    missing: isRoot ? null : 'the tester is not root',
    env: { CEDAR_BUILD_USER: 'nobody', CEDAR_BUILD_FIRST_GROUP: String(1_800_000_000 + process.pid * 10) },
  },
  { mode: 'sandbox', missing: noSandbox, env: {} },
] as const;

const dir = mkdtempSync(join(tmpdir(), 'cedar-apart-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** A program that gives root's rights to whoever starts it, as sudo does. */
const sudo = join(dir, 'sudo');
const home = join(dir, 'home');
beforeAll(() => {
  chmodSync(dir, 0o755);
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, '.ssh/id_ed25519'), 'KEY', { mode: 0o600 });
  copyFileSync('/usr/bin/id', sudo);
  chmodSync(sudo, 0o4755);
});

/** Says `<name> open` for each attempt that had any success, `<name> shut` for the others. */
function attempts(all: Record<string, string>): string {
  const lines = Object.entries(all).map(
    ([name, command]) =>
      `if (${command}) >/dev/null 2>&1; then echo "${name} open"; else echo "${name} shut"; fi`,
  );
  return `id -u; ${lines.join('\n')}`;
}

/** A machine that cannot show it registers no test of the row: see its reason in rows.ts. */
const shown = modes.filter(({ missing }) => missing === null);

describe.each(shown)('$mode', ({ mode, env }) => {
  let rig: Rig;
  let worker: WorkerProcess;
  let data: string;
  beforeAll(async () => {
    rig = await Rig.start({ hosts: 1 });
    data = rig.env.CEDAR_DATA_DIR!;
    mkdirSync(join(data, 'releases'));
    worker = rig.startWorker({ ...env, CEDAR_BUILD_ISOLATION: mode, HOME: home });
  });

  test('[S52] what a build or hook tries beyond its own folders is denied', async () => {
    const victim = await story(rig, `victim-${mode}`, {
      build: build(`echo SECRET > own; echo up; until [ -e go ]; do sleep 0.05; done`),
    });
    const { id: other } = await victim.launch({ kind: 'deploy' });
    const theirs = join(data, 'builds', victim.project.key, other);
    const warden = join(theirs, 'run-1');
    let neighbours: string[] = [];
    const found = () => {
      neighbours = processesIn(join(theirs, 'workspace'));
      return neighbours.length > 0 && existsSync(join(theirs, 'workspace/own'));
    };
    await until('the other build runs', found, 30_000, 50);

    const pid = worker.child.pid!;
    const socket = `require("net").connect("SOCKET").on("connect",()=>process.exit(0)).on("error",()=>process.exit(1))`;
    const bridge = readdirSync(join(data, 'bridge')).map((name) => join(data, 'bridge', name));
    expect(bridge).toHaveLength(1);
    const kill = { kill: `kill -9 ${pid}`, machine: 'echo x > /usr/bin/cedar-planted' };
    const tries = {
      key: `cat ${home}/.ssh/id_ed25519`,
      keys: `ls ${data}/keys || cat ${data}/keys/*`,
      environ: `grep -a MASTER_KEY /proc/${pid}/environ`,
      memory: `head -c 1 /proc/${pid}/mem || ls /proc/${pid}/fd/ | grep -q 1`,
      database: `for file in ${data}/*; do [ -f "$file" ] && head -c 1 "$file" | grep -q .; done || head -c 1 ${data}/cedar.db`,
      data: `ls ${data} | grep -v -x -e builds -e build-home`,
      workspace: `cat ${theirs}/workspace/own`,
      plant: `echo x > ${theirs}/workspace/planted`,
      run: `cat ${warden}/out || cat ${warden}/command`,
      builds: `ls ${data}/builds/${victim.project.key}`,
      cache: `ls ${data}/build-home/${victim.project.key} ${data}/build-home/${victim.project.key}/home`,
      releases: `ls ${data}/releases`,
      mirrors: `ls ${data}/mirrors`,
      neighbour: neighbours.map((one) => `cat /proc/${one}/environ`).join(' || '),
      bridge: `${process.execPath} -e '${socket.replace('SOCKET', bridge[0]!)}'`,
      sudo: `${sudo} -u | grep -qx 0`,
    };
    const here = execFileSync('bash', ['-c', attempts(tries)], { encoding: 'utf8' });
    expect(here.match(/^\w+ shut$/gm) ?? [], 'each would come to something without isolation').toEqual([]);

    const command = attempts({ ...tries, ...kill });
    const forge = `echo '{"code":7,"ended":"exit"}' > ../run-1/rc || true`;
    const hook = { command, timeoutSeconds: 30, repeatable: false };
    const own = await story(rig, `hostile-${mode}`, {
      build: build(`${command}\n${forge}\necho made > made`),
      hooks: { 'before-build': hook, 'before-switch': hook },
    });
    const done = await own.run({ kind: 'deploy' });
    const log = await own.logOf(done.id);
    expect(log.match(/^\w+ open$/gm) ?? [], log).toEqual([]);
    expect(log.match(/^\w+ shut$/gm)).toHaveLength(3 * Object.keys({ ...tries, ...kill }).length);
    expect(worker.running).toBe(true);

    expect(existsSync(theirs), await victim.logOf(other)).toBe(true);
    writeFileSync(join(theirs, 'workspace/go'), '');
    expect((await victim.ended(other)).state).toBe('succeeded');
  }, 60_000);

  test('[S52] a link in place of what a build was to leave ships nothing of anybody', async () => {
    const own = await story(rig, `link-${mode}`, {
      build: build(`ln -s ${home} out`, { output: 'out/.ssh' }),
    });
    await fails(own, { kind: 'deploy' }, 'output_link');
    expect(existsSync(join(home, '.ssh/id_ed25519'))).toBe(true);
    const whole = await story(rig, `whole-${mode}`, {
      build: build(`ln -s ${home}/.ssh out`, { output: 'out' }),
    });
    await fails(whole, { kind: 'deploy' }, 'output_link');
  }, 60_000);
});

function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && folderOf(name) === folder);
}

function folderOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    if (!['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return '';
  }
}
