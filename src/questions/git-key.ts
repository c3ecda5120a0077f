import { z } from 'zod';
import { CedarError } from '../errors.ts';
import { parseGitUrl } from '../model/git-address.ts';
import { scanHostKey } from '../shells/ssh/host-key.ts';

const argsSchema = z.object({ gitUrl: z.string() });

/** The key that the git server of an ssh address shows. */
export async function gitKey(_means: unknown, args: unknown) {
  const address = parseGitUrl(argsSchema.parse(args).gitUrl, { allowInsecure: true, allowLoopback: true });
  if (address.kind !== 'ssh') throw new CedarError('git_server_needs_no_key', {}, 422);
  const { host, port } = serverOf(address.server);
  return { server: address.server, ...(await scanHostKey(host, port, 8000)) };
}

/** Takes `host:port` apart; the host may be an IPv6 address. */
export function serverOf(server: string): { host: string; port: number } {
  const at = server.lastIndexOf(':');
  return { host: server.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(server.slice(at + 1)) };
}
