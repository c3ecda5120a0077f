import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runLocal } from '../../src/shells/local.ts';
import { LocalError } from '../../src/shells/local-error.ts';

const sh = (script: string) => ['sh', '-c', script];

/** True while a process with this pid runs; a zombie does not. */
function runs(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function failure(promise: Promise<unknown>): Promise<LocalError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LocalError);
  return error as LocalError;
}

describe('runLocal', () => {
  it('gives code, output and nothing of our own environment', async () => {
    process.env.CEDAR_CANARY = 'seen';
    const result = await runLocal(sh('cat; echo "[$CEDAR_CANARY]" >&2; exit 3'), { input: 'naïve ✓' });
    delete process.env.CEDAR_CANARY;
    expect(result).toEqual({ code: 3, signal: null, stdout: 'naïve ✓', stderr: '[]\n', truncated: false });
  });

  it('passes words on as they are: no shell reads them', async () => {
    const words = ['$(touch /tmp/canary)', '; id', "a'b", '*', '-rf', ''];
    const { stdout } = await runLocal(['printf', '%s\\0', ...words]);
    expect(stdout.split('\0').slice(0, -1)).toEqual(words);
  });

  it('keeps at most so many bytes, and reads the rest', async () => {
    const result = await runLocal(sh('head -c 5000000 /dev/zero | tr "\\0" x'), { maxBytes: 1000 });
    expect(result.code).toBe(0);
    expect(result.stdout).toHaveLength(1000);
    expect(result.truncated).toBe(true);
  });

  it('ends the whole group at the deadline, also what ignores SIGTERM', async () => {
    const script = 'trap "" TERM; sleep 300 & echo $!; wait; sleep 300';
    const error = await failure(runLocal(sh(script), { deadlineMs: 200 }));
    expect(error.code).toBe('local_deadline');
    const pid = Number(error.result.stdout);
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => runs(pid)).toBe(false);
  });

  it('ends a command that has fallen silent, not one that goes on talking', async () => {
    const talking = await runLocal(sh('for i in 1 2 3 4 5; do echo $i; sleep 0.1; done'), { idleMs: 400 });
    expect(talking.code).toBe(0);
    expect((await failure(runLocal(sh('echo once; sleep 300'), { idleMs: 200 }))).kind).toBe('idle');
  });

  it('kills what a finished command left behind in its group', async () => {
    const { stdout } = await runLocal(sh('sleep 300 & echo $!'));
    await expect.poll(() => runs(Number(stdout))).toBe(false);
  });

  it('ends although a stranger keeps the output open', async () => {
    const script = `setsid sh -c 'echo $$; : >up; exec sleep 300' & until [ -e up ]; do sleep 0.01; done`;
    const cwd = mkdtempSync(join(tmpdir(), 'local-'));
    const { stdout } = await runLocal(sh(script), { cwd, deadlineMs: 20_000 });
    rmSync(cwd, { recursive: true });
    const pid = Number(stdout);
    expect(runs(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  it('can be aborted, before and meanwhile', async () => {
    const abort = new AbortController();
    const running = failure(
      runLocal(sh('echo up; sleep 300'), { signal: abort.signal, onOutput: () => abort.abort() }),
    );
    expect((await running).kind).toBe('aborted');
    expect((await failure(runLocal(['true'], { signal: AbortSignal.abort() }))).kind).toBe('aborted');
  });

  it('names a program that is not there, and bears one that reads no input', async () => {
    expect((await failure(runLocal(['no-such-program-here']))).kind).toBe('missing');
    const { code } = await runLocal(['true'], { input: Buffer.alloc(1_000_000) });
    expect(code).toBe(0);
  });
});
