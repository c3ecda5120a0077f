import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

const DRAIN_MS = 1000;

/**
 * Writes what a build prints to `out`: complete up to `maxBytes`, beyond that its first three quarters, a line
 * that counts the gap, and the last quarter. The build gets a real pipe, so that /dev/stdout works, and so that
 * nothing it does with its output reaches the file.
 */
export function openOutput(runDir, maxBytes, heard) {
  const out = openSync(join(runDir, 'out'), 'a', 0o600);
  const pipe = join(runDir, `pipe.${process.pid}`);
  execFileSync('mkfifo', ['-m', '600', pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, constants.O_WRONLY);
  unlinkSync(pipe);
  const spool = new Spool(out, maxBytes);
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  const over = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    spool.add(chunk);
    heard();
  });
  return {
    writer,
    /** To be called when the build holds the writing end. */
    begun: () => closeSync(writer),
    /** Waits for what is still in the pipe; a stranger who keeps it open is not waited for. */
    async close() {
      const timer = setTimeout(() => socket.destroy(), DRAIN_MS);
      await over;
      clearTimeout(timer);
      spool.end();
    },
  };
}

/** A file with a cap. A full disk makes the gap larger, and nothing worse. */
class Spool {
  constructor(file, maxBytes) {
    this.file = file;
    this.tailBytes = Math.ceil(maxBytes / 4);
    this.room = maxBytes - this.tailBytes;
    this.tail = null;
    this.beyond = 0;
    this.unwritten = 0;
  }

  add(chunk) {
    const head = chunk.subarray(0, this.room);
    this.room -= head.length;
    if (head.length > 0) this.write(head);
    if (head.length < chunk.length) this.hold(chunk.subarray(head.length));
  }

  /** Keeps the last bytes in a ring; `beyond` counts all that ever came here. */
  hold(chunk) {
    this.tail ??= Buffer.alloc(this.tailBytes);
    let rest = chunk.subarray(-this.tailBytes);
    this.beyond += chunk.length - rest.length;
    while (rest.length > 0) {
      const copied = rest.copy(this.tail, this.beyond % this.tailBytes);
      this.beyond += copied;
      rest = rest.subarray(copied);
    }
  }

  end() {
    const gap = Math.max(0, this.beyond - this.tailBytes) + this.unwritten;
    const at = this.beyond % this.tailBytes;
    if (gap > 0) this.write(Buffer.from(`\n[gap] ${gap} bytes left out\n`));
    if (this.beyond > this.tailBytes) this.write(this.tail.subarray(at));
    if (this.beyond > 0) this.write(this.tail.subarray(0, this.beyond <= this.tailBytes ? this.beyond : at));
    closeSync(this.file);
  }

  write(chunk) {
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(this.file, chunk, at);
    } catch (error) {
      if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') throw error;
      this.unwritten += chunk.length;
    }
  }
}
