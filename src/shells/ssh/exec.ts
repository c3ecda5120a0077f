import type { ClientChannel } from 'ssh2';
import type { Connection } from './connection.ts';
import { Output } from './output.ts';

export type ExecOptions = {
  input?: string | Buffer;
  /** Counted from the call: connecting and waiting for a channel are within. */
  deadlineMs?: number;
  /** Kept of stdout and of stderr each; 4 MiB unless told. What comes after is read and dropped. */
  maxBytes?: number;
  /** Gets everything, as it comes. */
  onOutput?: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
  signal?: AbortSignal;
};

export type ExecResult = {
  /** null where a signal ended the command. */
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  truncated: boolean;
};

/** A command that was started, and the connection that carries it. */
export type Running = { channel: ClientChannel; connection: Connection };

const defaultMaxBytes = 4 * 1024 * 1024;

/**
 * Feeds a command that was started and collects what it says until its channel is closed.
 * @param signal closes the channel and throws its reason; without a pty the far process may live on.
 * @throws SshError lost where the channel ended without exit code or signal, or with its connection.
 */
export async function collect(
  running: Running,
  options: ExecOptions,
  signal: AbortSignal,
): Promise<ExecResult> {
  const { channel, connection } = running;
  const stdout = new Output(options.maxBytes ?? defaultMaxBytes);
  const stderr = new Output(options.maxBytes ?? defaultMaxBytes);
  const ended = endOf(channel, signal, {
    stdout: (chunk) => {
      stdout.add(chunk);
      options.onOutput?.(chunk, 'stdout');
    },
    stderr: (chunk) => {
      stderr.add(chunk);
      options.onOutput?.(chunk, 'stderr');
    },
  });
  channel.end(options.input);
  const exit = await ended;
  // An exit code may arrive before the last output: only an orderly close makes it a result.
  if (exit.code === undefined || !connection.open) throw connection.lost();
  return {
    code: exit.code,
    signal: exit.signal ?? null,
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated || stderr.truncated,
  };
}

/** code: undefined where the channel ended without saying how, null where a signal ended the command. */
export type Exit = { code: number | null | undefined; signal: string | undefined };
type Readers = { stdout: (chunk: Buffer) => void; stderr: (chunk: Buffer) => void };

/**
 * Hands on what a command says until its channel is closed.
 * @param signal closes the channel and throws its reason; so does a reader that throws.
 */
export function endOf(channel: ClientChannel, signal: AbortSignal, readers: Readers): Promise<Exit> {
  return new Promise<Exit>((resolve, reject) => {
    let stopped = false;
    const stop = (error: unknown) => {
      stopped = true;
      channel.close();
      channel.resume();
      channel.stderr.resume();
      reject(error);
    };
    const aborted = () => stop(signal.reason);
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    const guarded = (read: (chunk: Buffer) => void) => (chunk: Buffer) => {
      try {
        if (!stopped) read(chunk);
      } catch (error) {
        stop(error);
      }
    };
    const stderrEnded = new Promise<void>((done) => channel.stderr.once('end', done));
    channel.on('data', guarded(readers.stdout));
    channel.stderr.on('data', guarded(readers.stderr));
    channel.on('error', stop);
    channel.once('close', (code?: number | null, name?: string) => {
      signal.removeEventListener('abort', aborted);
      stderrEnded.then(() => resolve({ code, signal: name }));
    });
  });
}
