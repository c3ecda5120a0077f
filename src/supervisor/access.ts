import type { Vault } from '../auth/vault.ts';
import type { HostSettings } from '../model/host-settings.ts';

/** How a host's supervisord is asked. The password is in the open: never stored, never logged. */
export type SupervisorAccess = {
  socket: string;
  /** Empty: the socket asks for none. */
  user: string;
  password: string;
  /** The argv that runs supervisorctl there. */
  ctl: string[];
};

/** Opens what a host's settings say of its supervisord. @throws CedarError `vault_open`. */
export function accessOf(settings: HostSettings, vault: Vault): SupervisorAccess {
  return {
    socket: settings.supervisorSocket,
    user: settings.supervisorUser,
    password: settings.supervisorPassword === '' ? '' : vault.open(settings.supervisorPassword),
    ctl: settings.supervisorctl,
  };
}
