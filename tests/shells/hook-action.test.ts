import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { actionText } from '../../src/shells/guard/action.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => void rmSync(folder, { recursive: true, force: true })));

/** Runs the action as the guard does: in a folder of its own, with its input on standard input. */
async function hook(command: string, { seconds = 10, environment = '' } = {}) {
  const [run, folder] = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'cedar-hook-'))) as [string, string];
  folders.push(run, folder);
  const text = actionText('hook', [folder, String(seconds), String(Buffer.byteLength(environment))]);
  const child = spawn('sh', ['-c', text], { cwd: run, env: { ...process.env, WORKER: 'secret' } });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  child.stdin.end(environment + command);
  const started = performance.now();
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const ms = performance.now() - started;
  return { code, out: Buffer.concat(chunks).toString(), ms, left: readdirSync(run), folder };
}

test('it runs where it should, with its own variables and none of anybody else', async () => {
  const environment = "export TOKEN='it'\\''s \"a\" $ecret'\n";
  const { code, folder, left } = await hook('pwd > where; printenv > env', { environment });
  expect(code).toBe(0);
  expect(readFileSync(join(folder, 'where'), 'utf8').trim()).toBe(folder);
  const names = readFileSync(join(folder, 'env'), 'utf8').trim().split('\n');
  expect(names).toContain('TOKEN=it\'s "a" $ecret');
  expect(
    names
      .map((line) => line.split('=')[0])
      .filter((name) => !/^(PWD|SHLVL|_|OLDPWD)$/.test(name!))
      .sort(),
  ).toEqual(['HOME', 'LANG', 'PATH', 'SHELL', 'TERM', 'TOKEN', 'USER']);
  expect(left).toEqual([]);
});

test('its exit code counts, also 124 and one inside a pipe', async () => {
  expect(await hook('echo no; exit 124')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/exit code 124\n$/),
  });
  expect(await hook('false | true; echo never')).toMatchObject({
    code: 1,
    out: expect.not.stringContaining('never'),
  });
});

test('it is ended when its time is over, with what it started', async () => {
  const { code, out, ms } = await hook('echo begun; sleep 97.53 | cat', { seconds: 1 });
  expect({ code, out }).toEqual({ code: 3, out: 'begun\n\nended after 1 s\n' });
  expect(ms).toBeLessThan(8000);
  const alive = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes('97.53'));
  expect(alive).toEqual([]);
});

test('a daemon that keeps its output open is not waited for', async () => {
  const { code, out, ms } = await hook('setsid sleep 5.31 & echo up');
  expect({ code, out: out.trim() }).toEqual({ code: 0, out: 'up' });
  expect(ms).toBeLessThan(4500);
});

test('a flood of output is cut, and what was left out is counted', async () => {
  const { code, out } = await hook('head -c 5000000 /dev/zero | tr "\\0" x');
  expect(code).toBe(0);
  expect(out.length).toBeLessThan(4_194_304 + 100);
  expect(out).toContain(`[gap] ${5_000_000 - 4_194_304} bytes left out`);
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
