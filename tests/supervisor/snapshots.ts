import { Vault } from '../../src/auth/vault.ts';
import { defaultHostSettings } from '../../src/model/host-settings.ts';
import type { HostSnapshot, ProjectSnapshot } from '../../src/model/operation.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import { typeOf } from '../../src/project-types/index.ts';

export const vault = new Vault(Buffer.alloc(32, 7));

/** Seals variables as the database holds them. */
export function sealed(values: Record<string, string>, secret = false) {
  return Object.entries(values).map(([name, value]) => ({ name, value: vault.seal(value), secret }));
}

/** A project as an operation sees it. */
export function aProject(changes: Partial<ProjectSnapshot> = {}): ProjectSnapshot {
  const type = changes.type ?? 'nodejs';
  return {
    id: '01PROJECT',
    key: 'online_shop',
    environment: 'online',
    production: true,
    type,
    gitUrl: 'ssh://git@example.org/shop.git',
    branch: 'main',
    port: 4000,
    settings: defaultProjectSettings,
    template: typeOf(type).template ?? '',
    env: [],
    revision: 1,
    ...changes,
  };
}

/** A host as an operation sees it. */
export function aHost(changes: Partial<HostSnapshot> = {}): HostSnapshot {
  return {
    hostId: '01HOST',
    placementId: '01PLACEMENT',
    name: 'alpha',
    address: '127.0.0.2',
    hostKey: '',
    settings: defaultHostSettings,
    processes: 2,
    env: [],
    adoption: null,
    ...changes,
  };
}
