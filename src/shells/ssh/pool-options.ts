import type { KeyFolder } from './keys.ts';

export type PoolOptions = {
  keys: KeyFolder;
  /** Deadline of one connection attempt. */
  connectSeconds: number;
  /** A connection unused for so long is closed. */
  idleSeconds: number;
  /** Deadline of a command or forward that names none. */
  commandSeconds: number;
  /**
   * Three such intervals without a byte from the far end are the end of a connection. 0: the kernel alone asks for
   * signs of life, which costs next to nothing, and whoever hears nothing until a deadline ends the connection.
   */
  keepaliveSeconds?: number;
};
