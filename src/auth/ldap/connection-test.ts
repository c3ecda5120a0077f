import { messageOf } from '../../errors.ts';
import { bindAsUs, openWithin } from './connected.ts';
import type { Encryption, Server } from './connection.ts';
import { DirectoryAway } from './directory-away.ts';
import type { DirectorySettings } from './directory-settings.ts';
import { type Doubt, seesSomebody, unreadable } from './proof.ts';

/** How far the console gets with one server. `why`: where it stopped; `doubt`: what it cannot read there. */
export type ServerTest = {
  url: string;
  ms: number;
  tls: Encryption | null;
  why: string | null;
  doubt: Doubt | null;
};

/** Tries every server: encryption, the console's own name, the base, and whether anybody is seen below it. */
export async function testServers(settings: DirectorySettings): Promise<ServerTest[]> {
  return Promise.all(settings.servers.map((server) => testServer(settings, server)));
}

async function testServer(settings: DirectorySettings, server: Server): Promise<ServerTest> {
  const began = performance.now();
  const ms = settings.seconds * 1000;
  const test: ServerTest = { url: server.url, ms: 0, tls: null, why: null, doubt: null };
  try {
    const connection = await openWithin(server, AbortSignal.timeout(ms), ms);
    try {
      test.tls = connection.tls;
      await bindAsUs(connection, settings);
      test.doubt = await unreadable(connection, settings.base);
      if (!test.doubt && !(await seesSomebody(connection, settings))) test.doubt = 'nobody';
    } finally {
      connection.close();
    }
  } catch (error) {
    test.why = error instanceof DirectoryAway ? error.why : messageOf(error);
  }
  return { ...test, ms: Math.round(performance.now() - began) };
}
