import type { Vault } from '../auth/vault.ts';
import { mask, maskedForms } from '../model/masker.ts';
import type { HostSnapshot, ProjectSnapshot } from '../model/operation.ts';
import { unifiedDiff } from '../model/unified-diff.ts';
import { renderForHost } from './render-for-host.ts';
import { variablesInForce } from './variables.ts';

const DOTS = '••••';

/** `NAME="value"`, `NAME='value'` or `NAME=value`, as supervisor's environment option holds it. */
const PAIR = /(?<![A-Za-z0-9_])([A-Za-z0-9_]+)=("[^"]*"|'[^']*'|[^,\s]*)/g;

/** The option with the lines that go on with it. */
const ENVIRONMENT = /^(environment[ \t]*=)(.*(?:\n[ \t]+.*)*)/gm;

/**
 * How the supervisor file on a host would change, secrets masked on both sides. Of variables that this project does
 * not know to be open only the names are shown: they may be secrets of before. Empty where nothing changes.
 * @param there the file as it is; null: none
 */
export function programDiff(
  project: ProjectSnapshot,
  host: HostSnapshot,
  vault: Vault,
  there: string | null,
): string {
  const wanted = renderForHost(project, host, vault);
  const variables = variablesInForce(project.env, host.env);
  const secrets = variables.filter(({ secret }) => secret).map(({ value }) => vault.open(value));
  const forms = maskedForms(secrets);
  const hidden = new Set(variables.filter(({ secret }) => secret).map(({ name }) => name));
  const told = [...pairsOf(project.template).keys(), ...variables.map(({ name }) => name)];
  const open = new Set(told.filter((name) => !hidden.has(name)));
  const ours = pairsOf(wanted);
  const shown = (text: string) => mask(withDots(text, open, ours), forms);
  return unifiedDiff(there === null ? '' : shown(there), shown(wanted));
}

function withDots(text: string, open: Set<string>, ours: Map<string, string>): string {
  return text.replace(ENVIRONMENT, (_, head: string, pairs: string) => {
    const dotted = pairs.replace(PAIR, (pair, name: string, value: string) =>
      open.has(name) ? pair : `${name}=${dots(value, ours.get(name))}`,
    );
    return head + dotted;
  });
}

/** A secret that is not the one that belongs there is told apart, so that the change is seen. */
function dots(value: string, ours: string | undefined): string {
  return ours === undefined || value === ours ? DOTS : `${DOTS} (another value)`;
}

function pairsOf(text: string): Map<string, string> {
  const found = [...text.matchAll(ENVIRONMENT)].flatMap(([, , pairs = '']) => [...pairs.matchAll(PAIR)]);
  return new Map(found.map(([, name = '', value = '']) => [name, value]));
}
