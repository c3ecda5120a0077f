import { defaultHostSettings } from '../../src/model/host-settings.ts';
import type { HostSnapshot, Snapshot } from '../../src/model/operation.ts';
import { defaultProjectSettings } from '../../src/model/project.ts';
import { defaultStrategy, type Strategy } from '../../src/model/strategy.ts';

/** A project on hosts of these names, under a strategy. */
export function snapshotFor(names: string[], strategy: Partial<Strategy>): Snapshot {
  const settings = { ...defaultProjectSettings, strategy: { ...defaultStrategy, ...strategy } };
  const project = {
    ...{ id: 'p', key: 'test_shop', environment: 'test', production: false, type: 'nodejs' },
    ...{ gitUrl: '', branch: 'main', port: 4000, settings, template: '', env: [], revision: 1 },
  };
  return { project, hosts: names.map(host), params: {} };
}

function host(name: string): HostSnapshot {
  return {
    ...{ hostId: name, placementId: name, name, address: '10.0.0.1', hostKey: '' },
    ...{ settings: defaultHostSettings, processes: 1, env: [], adoption: null },
  };
}
