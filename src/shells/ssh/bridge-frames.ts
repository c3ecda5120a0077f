/**
 * Worker and helper speak over a unix socket. The helper sends one line of JSON, `{token, command}`, then
 * standard input as it is, and half-closes at its end. The worker sends frames: one byte of kind, four bytes
 * of length (big endian), the body. The last one is exit (the code as int32) or failure (a sentence).
 */
export const frameKinds = { stdout: 1, stderr: 2, exit: 3, failure: 4 } as const;
export type FrameKind = keyof typeof frameKinds;

/** One frame. */
export function frame(kind: FrameKind, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(frameKinds[kind], 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** The last frame of a command that ended. */
export function exitFrame(code: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeInt32BE(code);
  return frame('exit', body);
}
