import type { HostSnapshot } from '../../model/operation.ts';

/** Where and as whom to connect, and the key that must answer there. */
export type Target = {
  /** For messages. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Name of a key in the key folder. */
  readonly keyName: string;
  /** The pinned host key in wire form, base64. */
  readonly hostKey: string;
  /** True: old algorithms are accepted from this host too. */
  readonly weak?: boolean;
};

/** The target of a host as an operation's snapshot has it. */
export function targetOf(host: HostSnapshot): Target {
  return {
    name: host.name,
    address: host.address,
    port: host.settings.sshPort,
    user: host.settings.sshUser,
    keyName: host.settings.sshKey,
    hostKey: host.hostKey,
    ...(host.weakSsh && { weak: true }),
  };
}

const identities = new WeakMap<Target, string>();

/** Equal for targets that may share one connection; a new pin, or the end of an exception, is a new connection. */
export function identityOf(target: Target): string {
  const known = identities.get(target);
  if (known !== undefined) return known;
  const { user, address, port, keyName, hostKey, weak } = target;
  const identity = [user, address, port, keyName, hostKey, weak ? 'weak' : 'strong'].join(' ');
  identities.set(target, identity);
  return identity;
}
