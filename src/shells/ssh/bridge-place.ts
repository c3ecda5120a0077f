import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a socket may be made that only its own user can reach. */
export type SocketPlace = { path: string; clear(): Promise<void> };

/** Linux allows 108 bytes with the final zero. */
const maxSocketPath = 100;
/** A socket is there a moment before anybody answers on it. */
const YOUNG_MS = 60_000;
const socketName = /^bridge-[0-9a-f]{12}\.sock$/;

/**
 * A path for a new socket in the folder, which gets mode 0700, or in a temporary folder where it is too deep.
 * Sockets that dead workers left in the folder are removed, but none so young that its worker may just be starting.
 */
export async function placeForSocket(dir: string): Promise<SocketPlace> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  await removeDeadSockets(dir);
  const name = `bridge-${randomBytes(6).toString('hex')}.sock`;
  const path = join(dir, name);
  if (Buffer.byteLength(path) <= maxSocketPath) return { path, clear: () => rm(path, { force: true }) };
  const refuge = await mkdtemp(join(tmpdir(), 'cedar-'));
  return { path: join(refuge, name), clear: () => rm(refuge, { recursive: true, force: true }) };
}

async function removeDeadSockets(dir: string): Promise<void> {
  const sockets = (await readdir(dir)).filter((name) => socketName.test(name));
  for (const name of sockets) {
    const path = join(dir, name);
    if ((await ageOf(path)) > YOUNG_MS && (await isDead(path))) await rm(path, { force: true });
  }
}

/** In milliseconds; 0 where another worker has just removed it. */
async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
