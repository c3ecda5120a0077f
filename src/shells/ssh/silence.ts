import type { Socket } from 'node:net';

const silencesAllowed = 3;

/**
 * Destroys the socket after three intervals in a row without a byte from the far end, which ssh2 asks for a
 * sign of life at every interval. Bytes are counted, not answers: an answer may wait behind a long upload.
 * @returns the deed that ends the watch.
 */
export function endOnSilence(socket: Socket, intervalMs: number): () => void {
  let bytesSeen = 0;
  let silences = 0;
  const listen = () => {
    silences = socket.bytesRead === bytesSeen ? silences + 1 : 0;
    bytesSeen = socket.bytesRead;
    if (silences >= silencesAllowed) socket.destroy(new Error('no sign of life'));
  };
  const watch = setInterval(listen, intervalMs);
  return () => clearInterval(watch);
}
