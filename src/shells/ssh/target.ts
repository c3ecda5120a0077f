import type { HostSnapshot } from '../../model/operation.ts';

/** Where and as whom to connect, and the key that must answer there. */
export type Target = {
  /** For messages. */
  name: string;
  address: string;
  port: number;
  user: string;
  /** Name of a key in the key folder. */
  keyName: string;
  /** The pinned host key in wire form, base64. */
  hostKey: string;
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
  };
}

/** Equal for targets that may share one connection; a new pin is a new connection. */
export function identityOf(target: Target): string {
  return [target.user, target.address, target.port, target.keyName, target.hostKey].join(' ');
}
