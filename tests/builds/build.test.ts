import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Build, cleanBuildEnv, endBuild, runBuild } from '../../src/builds/build.ts';
import { processesWith } from './processes.ts';

let top: string;
let workspace: string;
let runDir: string;
/** A length of sleep that no other test uses: by it the test finds its own processes. */
let nap: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'build-'));
  workspace = join(top, 'workspace');
  runDir = join(top, 'run');
  mkdirSync(workspace);
  nap = `9${process.pid}.${Math.floor(Math.random() * 1e9)}`;
});
afterEach(async () => {
  await endBuild(runDir);
  for (const pid of processesWith(`sleep ${nap}`)) process.kill(pid, 'SIGKILL');
  rmSync(top, { recursive: true });
});

type Told = { text: string; offsets: number[] };

function build(command: string, changes: Partial<Build> = {}, told: Told = { text: '', offsets: [] }) {
  return runBuild({
    runDir,
    workspace,
    command,
    env: { PATH: process.env.PATH ?? '', HOME: join(top, 'home') },
    timeoutSeconds: 30,
    idleSeconds: 30,
    fromOffset: 0,
    onOutput: (chunk, next) => {
      told.text += chunk.toString('utf8');
      told.offsets.push(next);
    },
    ...changes,
  });
}

async function output(command: string, changes: Partial<Build> = {}) {
  const told: Told = { text: '', offsets: [] };
  const end = await build(command, changes, told);
  return { end, ...told };
}

describe('runBuild', () => {
  it('runs the command in the workspace, with output and exit code', async () => {
    const { end, text, offsets } = await output('pwd; echo to-stderr >&2; echo "made" > made; exit 7');
    expect(end).toEqual({ code: 7, ended: 'exit' });
    expect(text).toBe(`${workspace}\nto-stderr\n`);
    expect(offsets.at(-1)).toBe(text.length);
    expect(readFileSync(join(workspace, 'made'), 'utf8')).toBe('made\n');
  });

  it('stops at the first command that fails, also inside a pipe (R48)', async () => {
    expect((await output('false | cat; echo on')).end).toEqual({ code: 1, ended: 'exit' });
    rmSync(runDir, { recursive: true });
    expect((await output('false; echo on')).text).toBe('');
  });

  it('gives the build a pipe that /dev/stdout and /dev/stderr work with', async () => {
    const { end, text } = await output('echo one > /dev/stdout; echo two | tee /dev/stderr >/dev/null');
    expect(end.code).toBe(0);
    expect(text).toBe('one\ntwo\n');
  });

  it('gives the build nothing of our own environment, and shows neither command nor values in ps [S69]', async () => {
    process.env.CEDAR_CANARY = 'seen';
    const env = cleanBuildEnv(join(top, 'home'), { TOKEN: 'canary-value' }, process.env.PATH ?? '');
    const { text } = await output(
      'env | cut -d= -f1 | sort; tr "\\0" " " </proc/$$/cmdline; cat /proc/*/cmdline | tr "\\0" "\\n" | grep -c "canary-valu[e]" || true',
      { env },
    );
    delete process.env.CEDAR_CANARY;
    const names = text
      .split('\n')
      .filter((line) => /^[A-Z_]+$/.test(line) && !/^(OLDPWD|PWD|SHLVL|_)$/.test(line));
    expect(names).toEqual([
      ...[
        'CEDAR_RUN',
        'GIT_TERMINAL_PROMPT',
        'HOME',
        'LANG',
        'PATH',
        'SHELL',
        'TERM',
        'TOKEN',
        'XDG_CACHE_HOME',
      ],
    ]);
    expect(text).not.toContain('CEDAR_CANARY');
    expect(text.trimEnd().endsWith('0')).toBe(true);
  });

  it('writes files with the same modes whatever our own umask', async () => {
    const before = process.umask(0o077);
    await output('echo x > file; mkdir folder');
    process.umask(before);
    expect(statSync(join(workspace, 'file')).mode & 0o777).toBe(0o644);
    expect(statSync(join(workspace, 'folder')).mode & 0o777).toBe(0o755);
  });

  it('tells again how a finished build ended, from any offset, without running it again', async () => {
    await output('echo x >> count; echo hello');
    const again = await output('echo x >> count; echo other', { fromOffset: 2 });
    expect(again).toEqual({ end: { code: 0, ended: 'exit' }, text: 'llo\n', offsets: [6] });
    expect(readFileSync(join(workspace, 'count'), 'utf8')).toBe('x\n');
  });

  it('runs the command once for many callers at once', async () => {
    const ends = await Promise.all(Array.from({ length: 5 }, () => build('echo x >> count; sleep 0.2')));
    expect(ends).toEqual(Array.from({ length: 5 }, () => ({ code: 0, ended: 'exit' })));
    expect(readFileSync(join(workspace, 'count'), 'utf8')).toBe('x\n');
  });

  it('goes on when its worker is killed, and is joined by the next one', async () => {
    const command = 'echo x >> count; echo first; until [ -e go ]; do sleep 0.02; done; echo second';
    const program = join(import.meta.dirname, 'follower.ts');
    const worker = spawn(process.execPath, ['--import', 'tsx', program, runDir, workspace, command]);
    let heard = '';
    worker.stdout.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    await expect.poll(() => heard, { timeout: 20_000 }).toBe('6 first\n');
    worker.kill('SIGKILL');
    await new Promise((resolve) => worker.on('exit', resolve));
    const next = output(command, { fromOffset: 6 });
    writeFileSync(join(workspace, 'go'), '');
    expect(await next).toMatchObject({ end: { code: 0, ended: 'exit' }, text: 'second\n' });
    expect(readFileSync(join(workspace, 'count'), 'utf8')).toBe('x\n');
  }, 30_000);

  it('is lost when its warden is killed, kills what was left, and says so for ever', async () => {
    const running = output(`echo up; sleep ${nap}`);
    await expect
      .poll(() => existsSync(join(runDir, 'out')) && readFileSync(join(runDir, 'out'), 'utf8'))
      .toBe('up\n');
    process.kill(JSON.parse(readFileSync(join(runDir, 'pid'), 'utf8')).pid, 'SIGKILL');
    expect((await running).end).toEqual({ code: null, ended: 'lost' });
    expect(processesWith(`sleep ${nap}`)).toEqual([]);
    expect((await output('echo again')).end.ended).toBe('lost');
  });

  it('takes a pid that came back after a restart of the machine for nobody', async () => {
    mkdirSync(runDir);
    const pid = { pid: process.pid, start: 1, boot: 'another', workspace };
    writeFileSync(join(runDir, 'pid'), JSON.stringify(pid));
    expect((await output('echo again')).end).toEqual({ code: null, ended: 'lost' });
  });
});

describe('the end of a build (R8)', () => {
  it.each([
    ['a child', () => `sleep ${nap} &`],
    ['a daemon of its own session that keeps stdout open', () => `setsid sleep ${nap} &`],
    ['a double fork', () => `(setsid sh -c 'setsid sleep ${nap} & ' &)`],
    ['a daemon that ignores SIGTERM', () => `setsid sh -c 'trap "" TERM HUP; sleep ${nap}' &`],
    ['a daemon without our environment', () => `env -i setsid sleep ${nap} >/dev/null 2>&1 &`],
    ['a daemon in another folder', () => `(cd / && setsid sleep ${nap} >/dev/null 2>&1 &)`],
  ])('kills %s', async (_, command) => {
    const wait = `until pgrep -f '^sleep ${nap}' >/dev/null; do sleep 0.01; done`;
    const { end } = await output(`${command()}\n${wait}; echo done`);
    expect(end).toEqual({ code: 0, ended: 'exit' });
    expect(processesWith(`sleep ${nap}`)).toEqual([]);
  });

  it('comes after the time-out, for a whole tree that ignores SIGTERM', async () => {
    const { end, text } = await output(`trap "" TERM; echo up; setsid sleep ${nap} & sleep ${nap}`, {
      timeoutSeconds: 0.3,
    });
    expect(end).toEqual({ code: null, ended: 'timeout' });
    expect(text).toBe('up\n');
    expect(processesWith(`sleep ${nap}`)).toEqual([]);
  });

  it('comes after too long a silence, not while it talks', async () => {
    const talks = 'for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done';
    expect((await output(`${talks}; sleep ${nap}`, { idleSeconds: 0.5 })).text).toBe('1\n2\n3\n4\n5\n6\n');
    expect((await output('')).end.ended).toBe('idle');
  });

  it('comes with a cancel, also for one that is asked for before it begins', async () => {
    const abort = new AbortController();
    const end = build(`echo up; sleep ${nap}`, { signal: abort.signal, onOutput: () => abort.abort() });
    expect(await end).toEqual({ code: null, ended: 'cancelled' });
    expect(processesWith(`sleep ${nap}`)).toEqual([]);
  });

  it('comes with endBuild, whoever follows it', async () => {
    const running = output(`echo up; sleep ${nap}`);
    await expect.poll(() => existsSync(join(runDir, 'pid'))).toBe(true);
    await endBuild(runDir);
    expect((await running).end).toEqual({ code: null, ended: 'cancelled' });
    await endBuild(join(top, 'no-such-run'));
  });
});

describe('the output of a build (R48)', () => {
  it('keeps head and tail of 1 GB, counts the gap, and stays small', async () => {
    const maxOutputBytes = 4 * 1024 * 1024;
    const before = process.memoryUsage().rss;
    const { end } = await output('echo the head; head -c 1000000000 /dev/zero; echo; echo the tail', {
      maxOutputBytes,
    });
    expect(end).toEqual({ code: 0, ended: 'exit' });
    const out = readFileSync(join(runDir, 'out'));
    const [, gap] = /\n\[gap\] (\d+) bytes left out\n/.exec(out.toString('latin1')) ?? [];
    const marker = `\n[gap] ${gap} bytes left out\n`.length;
    expect(out.length).toBe(maxOutputBytes + marker);
    expect(Number(gap)).toBe(1_000_000_000 + 9 + 1 + 9 - maxOutputBytes);
    expect(out.subarray(0, 9).toString()).toBe('the head\n');
    expect(out.subarray(-9).toString()).toBe('the tail\n');
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024);
  }, 60_000);

  it('leaves nothing out at exactly the cap', async () => {
    const { text } = await output('head -c 1000 /dev/zero | tr "\\0" x', { maxOutputBytes: 1000 });
    expect(text === 'x'.repeat(1000)).toBe(true);
  });

  it('passes binary and a long line on as they are', async () => {
    const chunks: Buffer[] = [];
    await build('printf "\\377\\000\\033"; head -c 3000000 /dev/zero | tr "\\0" y', {
      onOutput: (chunk) => chunks.push(chunk),
    });
    const all = Buffer.concat(chunks);
    expect(all.subarray(0, 3)).toEqual(Buffer.from([0xff, 0, 0x1b]));
    expect(all.length).toBe(3_000_003);
  });

  it.skipIf(process.getuid?.() !== 0)('loses only output where the disk is full (R50)', async () => {
    mkdirSync(runDir);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k,nr_inodes=100', 'tmpfs', runDir]);
    const { end } = await output('head -c 300000 /dev/zero | tr "\\0" x').finally(() =>
      execFileSync('umount', ['--lazy', runDir]),
    );
    expect(end).toEqual({ code: 0, ended: 'exit' });
  });
});
