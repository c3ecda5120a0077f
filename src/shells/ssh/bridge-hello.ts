import type { Socket } from 'node:net';
import { z } from 'zod';

const helloSchema = z.strictObject({ token: z.string(), command: z.string() });
export type Hello = z.output<typeof helloSchema>;

const maxBytes = 64 * 1024;
const deadlineMs = 10_000;

/** The first line of a helper; what follows it stays in the socket. Throws for anything else. */
export async function readHello(socket: Socket): Promise<Hello> {
  return helloSchema.parse(JSON.parse(await firstLine(socket)));
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const stop = () => {
      clearTimeout(timer);
      socket.pause();
      socket.off('data', read).off('close', closed);
    };
    const refuse = (reason: string) => {
      stop();
      reject(new Error(reason));
    };
    const closed = () => refuse('the helper closed the connection');
    const timer = setTimeout(() => refuse('the helper said nothing'), deadlineMs);
    const read = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf('\n');
      if (end < 0 && seen.length > maxBytes) return refuse('the first line is too long');
      if (end < 0) return;
      stop();
      socket.unshift(seen.subarray(end + 1));
      resolve(seen.subarray(0, end).toString());
    };
    socket.on('data', read).on('close', closed);
  });
}
