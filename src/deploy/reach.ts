import { connect } from 'node:net';

/** Tries one TCP connection. Null when it was made, else what was wrong, such as ECONNREFUSED. */
export function reaches(address: string, port: number, deadlineMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (problem: string | null) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(deadlineMs, () => end('ETIMEDOUT'));
    socket.once('connect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
