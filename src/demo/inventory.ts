import { defaultProjectSettings, type ProjectSettings } from '../model/project.ts';
import { typeOf } from '../project-types/index.ts';

export const environments = [
  { name: 'test', production: false, position: 0 },
  { name: 'online', production: true, position: 1 },
];

export const groups = [
  { name: 'storefront', notes: 'shop, site' },
  { name: 'platform', notes: 'hello-python, ticker' },
];

/** Who is in which group, and what they may do there; wang is in none. */
export const members = [{ username: 'li', group: 'storefront', config: true, deploy: true }];

export type DemoProject = {
  environment: string;
  name: string;
  group: string;
  type: string;
  port: number | null;
  build: string;
  /** Indexes of the demo's hosts. */
  hosts: number[];
  processes: number;
};

const shop = { name: 'shop', group: 'storefront', type: 'nodejs', build: 'node build.js', processes: 2 };
const site = { name: 'site', group: 'storefront', type: 'static', port: null, build: '', processes: 1 };
const hello = { name: 'hello-python', group: 'platform', type: 'python', build: '', processes: 1 };
const ticker = { name: 'ticker', group: 'platform', type: 'sh', port: null, build: '', processes: 1 };

export const projects: DemoProject[] = [
  { ...shop, environment: 'test', port: 7400, hosts: [0] },
  { ...shop, environment: 'online', port: 7410, hosts: [0, 1, 2] },
  { ...site, environment: 'online', hosts: [0, 1, 2] },
  { ...hello, environment: 'test', port: 7420, hosts: [1] },
  { ...hello, environment: 'online', port: 7430, hosts: [1, 2] },
  { ...ticker, environment: 'online', hosts: [2] },
];

/** A new project's settings, as its type and the general defaults have them. */
export function settingsOf({ type, build }: DemoProject): ProjectSettings {
  const { defaultSettings, defaultChecks } = typeOf(type);
  return {
    ...defaultProjectSettings,
    ...defaultSettings,
    checks: { ...defaultProjectSettings.checks, ...defaultChecks },
    build: { ...defaultProjectSettings.build, command: build, repeatable: true },
  };
}
