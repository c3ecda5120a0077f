import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { LocalError, type LocalErrorKind } from './local-error.ts';
import type { LocalResult } from './local-result.ts';
import { ProcessGroup } from './process-group.ts';
import { Output } from './ssh/output.ts';

export type { LocalResult } from './local-result.ts';

export type LocalOptions = {
  cwd?: string;
  /** The whole environment of the command: nothing is inherited but PATH, where it is not given. */
  env?: Record<string, string>;
  input?: string | Buffer;
  deadlineMs?: number;
  /** Ends a command that prints nothing for so long. */
  idleMs?: number;
  onOutput?: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
  signal?: AbortSignal;
  /** Kept of stdout and of stderr each; 4 MiB unless told. What comes later is read and dropped. */
  maxBytes?: number;
};

type Child = ChildProcessByStdio<Writable, Readable, Readable>;
type Streams = { stdout: Output; stderr: Output };

/** What helpers of the command still say after its end is waited for so long. */
const DRAIN_MS = 500;

/**
 * Runs one program of this machine, without a shell, in a process group of its own; whatever that group still
 * holds at the end is killed. A non-zero exit code is a result, not an error.
 * @throws LocalError where the command did not come to its own end; it carries what was printed until then.
 */
export function runLocal(argv: readonly string[], options: LocalOptions = {}): Promise<LocalResult> {
  const [program = '', ...rest] = argv;
  const kept = options.maxBytes ?? 4 * 1024 * 1024;
  const streams: Streams = { stdout: new Output(kept), stderr: new Output(kept) };
  if (options.signal?.aborted)
    return Promise.reject(new LocalError('aborted', program, result(streams, null, null)));
  return new Promise((resolve, reject) => {
    const child = start(program, rest, options);
    const group = new ProcessGroup(child.pid);
    let ended: LocalErrorKind | null = null;
    const stop = watch(options, (kind) => {
      ended ??= kind;
      group.end();
    });
    listen(child, streams, (chunk, stream) => {
      stop.heard();
      options.onOutput?.(chunk, stream);
    });
    child.stdin.on('error', ignoreClosedPipe);
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => {
      stop.all();
      reject(new LocalError('missing', program, result(streams, null, null), cause));
    });
    const cutOff = () => {
      group.kill();
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    };
    let drain: NodeJS.Timeout | undefined;
    child.on('exit', () => {
      stop.all();
      drain = setTimeout(cutOff, ended ? 0 : DRAIN_MS);
    });
    child.on('close', (code, signal) => {
      clearTimeout(drain);
      group.kill();
      const outcome = result(streams, code, signal);
      if (ended) reject(new LocalError(ended, program, outcome));
      else resolve(outcome);
    });
  });
}

function start(program: string, rest: string[], options: LocalOptions): Child {
  const env = { PATH: process.env.PATH ?? '', ...options.env };
  return spawn(program, rest, { cwd: options.cwd, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Calls `end` at the deadline, after too long a silence, and when the caller aborts. */
function watch(options: LocalOptions, end: (kind: LocalErrorKind) => void) {
  const timer = (kind: LocalErrorKind, ms: number | undefined) =>
    ms === undefined ? undefined : setTimeout(() => end(kind), ms);
  const deadline = timer('deadline', options.deadlineMs);
  let idle = timer('idle', options.idleMs);
  const abort = () => end('aborted');
  options.signal?.addEventListener('abort', abort);
  return {
    heard: () => void idle?.refresh(),
    all: () => {
      clearTimeout(deadline);
      clearTimeout(idle);
      idle = undefined;
      options.signal?.removeEventListener('abort', abort);
    },
  };
}

function listen(child: Child, kept: Streams, heard: (chunk: Buffer, stream: keyof Streams) => void): void {
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      kept[name].add(chunk);
      heard(chunk, name);
    });
  }
}

/** A command need not read its input; its exit code tells the rest. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET' && error.code !== 'ERR_STREAM_DESTROYED')
    throw error;
}

function result(kept: Streams, code: number | null, signal: NodeJS.Signals | null): LocalResult {
  const { stdout, stderr } = kept;
  const truncated = stdout.truncated || stderr.truncated;
  return { code, signal, stdout: stdout.text(), stderr: stderr.text(), truncated };
}
