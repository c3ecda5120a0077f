import { CedarError, messageOf } from '../../errors.ts';

/**
 * unreachable: no TCP connection · refused: refused, or dropped before the handshake (MaxStartups) ·
 * host-key: not the pinned one, nothing was authenticated · algorithms: none in common that we accept ·
 * auth: the key was not accepted · deadline: too slow · lost: the connection ended, what ran is unknown ·
 * channels: the far end would not open the channel.
 */
export type SshErrorKind =
  | 'unreachable'
  | 'refused'
  | 'host-key'
  | 'algorithms'
  | 'auth'
  | 'deadline'
  | 'lost'
  | 'channels';

/** What went wrong between us and a host. Its code is `ssh_<kind>`; detail: host, address, reason. */
export class SshError extends CedarError {
  readonly kind: SshErrorKind;
  readonly host: string;

  constructor(kind: SshErrorKind, host: Named, cause: unknown) {
    const reason = messageOf(cause);
    const detail = { host: host.name, address: `${host.address}:${host.port}`, reason };
    super(`ssh_${kind}`, detail, 502, { cause });
    this.name = 'SshError';
    this.kind = kind;
    this.host = host.name;
  }
}

/** As much of a target as an error names. */
export type Named = { name: string; address: string; port: number };
