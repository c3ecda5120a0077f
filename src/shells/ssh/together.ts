import type { Socket } from 'node:net';

/**
 * From now on the socket sends together what is written in one go. ssh2 writes a packet in three pieces, its length, its
 * text and its tag: each would be a call of the kernel and a packet on the wire. To be done once it is connected, as
 * connecting puts `write` back.
 */
export function sendTogether(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let gathering = false;
  const flush = () => {
    gathering = false;
    socket.uncork();
  };
  socket.write = (...args: unknown[]) => {
    if (!gathering) {
      gathering = true;
      socket.cork();
      process.nextTick(flush);
    }
    return write(...args);
  };
}
