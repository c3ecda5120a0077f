import { CedarError } from '../errors.ts';
import type { Bridge } from '../shells/ssh/bridge.ts';
import type { Db } from '../store/database.ts';
import * as gitServers from '../store/git-servers.ts';
import type { GitGrant, GitServer } from './mirror.ts';

/**
 * The way to git servers over the bridge: pinned like hosts, one command per grant.
 * Throws CedarError `git_server_not_pinned` for a server whose key nobody accepted.
 */
export function gitServerGrant(db: Db, bridge: Bridge) {
  return async (
    { host, port, user }: GitServer,
    allowed: (command: string) => boolean,
  ): Promise<GitGrant> => {
    const server = `${host}:${port}`;
    const pinned = await gitServers.byServer(db, server);
    if (!pinned) throw new CedarError('git_server_not_pinned', { server }, 409);
    const target = { name: server, address: host, port, user, keyName: 'default', hostKey: pinned.hostKey };
    return bridge.grant(target, allowed);
  };
}
