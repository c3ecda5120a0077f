import type { HostSnapshot, Snapshot } from './snapshot.ts';
import type { Variable } from './variable.ts';

/** One thing that is configured otherwise. Values are null where they are not shown: variables, texts, secrets. */
export type ConfigurationChange = {
  /** Where it is found: `build.command`, `variable FLAVOUR`, `web1 processes`. */
  name: string;
  what: 'came' | 'went' | 'changed';
  before: string | null;
  after: string | null;
};

/** `first`: nothing was deployed before. `more`: how many changes are not in the list. */
export type ConfigurationChanges = { first: boolean; changes: ConfigurationChange[]; more: number };

const MOST = 200;
const MOST_CHARACTERS = 200;
const SEALED = /^v\d+\.[\w-]+\.[\w-]+\.[\w-]+$/;

/** What of the configuration differs from the one that was deployed last, as far as the same hosts are concerned. */
export function configurationChanges(before: Snapshot | null, now: Snapshot): ConfigurationChanges {
  if (before === null) return { first: true, changes: [], more: 0 };
  const [was, is] = [factsOf(before, now.hosts), factsOf(now, now.hosts)];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  const changes = names
    .filter((name) => was.get(name)?.text !== is.get(name)?.text)
    .map((name) => changeOf(name, was.get(name), is.get(name)));
  return { first: false, changes: changes.slice(0, MOST), more: Math.max(0, changes.length - MOST) };
}

/** `hidden`: compared and not shown. */
type Fact = { text: string; hidden: boolean };

function changeOf(name: string, was: Fact | undefined, is: Fact | undefined): ConfigurationChange {
  const what = was === undefined ? 'came' : is === undefined ? 'went' : 'changed';
  return { name, what, before: shown(was), after: shown(is) };
}

function shown(fact: Fact | undefined): string | null {
  if (!fact || fact.hidden || SEALED.test(fact.text)) return null;
  return fact.text.length > MOST_CHARACTERS ? `${fact.text.slice(0, MOST_CHARACTERS - 1)}…` : fact.text;
}

function factsOf({ project, hosts }: Snapshot, wanted: readonly HostSnapshot[]): Map<string, Fact> {
  const { type, gitUrl, port, production, settings, template, env, files = [] } = project;
  const facts = new Map<string, Fact>();
  add(facts, '', { type, gitUrl, port, production, ...settings });
  facts.set('template', { text: template, hidden: true });
  addVariables(facts, '', env);
  for (const file of files) facts.set(`file ${file.path}`, { text: JSON.stringify(file), hidden: true });
  for (const host of hosts.filter(({ hostId }) => wanted.some((one) => one.hostId === hostId))) {
    const { name, address, hostKey, processes, settings: own } = host;
    add(facts, `${name} `, { address, hostKey, processes, ...own });
    addVariables(facts, `${name} `, host.env);
  }
  return facts;
}

function addVariables(facts: Map<string, Fact>, prefix: string, env: readonly Variable[]): void {
  for (const { name, value } of env) facts.set(`${prefix}variable ${name}`, { text: value, hidden: true });
}

/** Each value under the names that lead to it; lists are one value. */
function add(facts: Map<string, Fact>, prefix: string, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      add(facts, `${prefix}${name}.`, value as Record<string, unknown>);
    else if (value !== null && value !== undefined && value !== '')
      facts.set(prefix + name, {
        text: typeof value === 'string' ? value : JSON.stringify(value),
        hidden: false,
      });
  }
}
