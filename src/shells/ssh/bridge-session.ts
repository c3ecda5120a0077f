import type { Socket } from 'node:net';
import { messageOf } from '../../errors.ts';
import { logger } from '../../logger.ts';
import { exitFrame, type FrameKind, frame } from './bridge-frames.ts';
import { readHello } from './bridge-hello.ts';
import type { Pass, Passes } from './bridge-passes.ts';
import { endOf, type Running } from './exec.ts';
import type { SshPool } from './pool.ts';

/** Serves one helper from its first line to its exit code; whatever goes wrong is told to the helper. */
export async function serveHelper(socket: Socket, pool: SshPool, passes: Passes): Promise<void> {
  const gone = new AbortController();
  socket.on('error', (error) => gone.abort(error));
  socket.on('close', () => gone.abort(new Error('the helper went away')));
  try {
    const hello = await readHello(socket);
    const pass = permitted(passes.redeem(hello.token), hello.command);
    pass.revoked.addEventListener('abort', () => gone.abort(pass.revoked.reason));
    const running = await pool.raw(pass.target, hello.command, { signal: gone.signal });
    socket.end(exitFrame(await carry(socket, running, gone.signal)));
  } catch (error) {
    if (socket.writable) socket.end(frame('failure', Buffer.from(messageOf(error))));
  }
}

function permitted(pass: Pass | null, command: string): Pass {
  if (pass?.allowed(command)) return pass;
  logger.warn({ host: pass?.target.name, command }, 'the bridge refused a command');
  throw new Error(pass ? `this command is not allowed: ${command}` : 'the token is used up or unknown');
}

/** Joins the helper's three streams with the far command's. @returns the exit code, 255 for a signal. */
async function carry(socket: Socket, running: Running, signal: AbortSignal): Promise<number> {
  const { channel, connection } = running;
  const resume = () => {
    channel.resume();
    channel.stderr.resume();
  };
  const send = (kind: FrameKind) => (chunk: Buffer) => {
    if (socket.write(frame(kind, chunk))) return;
    channel.pause();
    channel.stderr.pause();
    socket.once('drain', resume);
  };
  const ended = endOf(channel, signal, { stdout: send('stdout'), stderr: send('stderr') });
  socket.pipe(channel);
  const exit = await ended;
  if (exit.code === undefined || !connection.open) throw connection.lost();
  if (exit.code === null) send('stderr')(Buffer.from(`cedar: ended by ${exit.signal}\n`));
  return exit.code ?? 255;
}
