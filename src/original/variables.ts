import { dangerousVariables, variableName, variableValue } from '../model/variable.ts';

export type PlainVariable = { name: string; value: string };

const ENTRY = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,"']*?))\s*(?:,|$)/;

/** So many variables a project or a host may have. */
const MOST = 200;

/**
 * Reads `KEY=value,KEY2="value"`, as supervisor's `environment=` has it.
 * @returns null where it cannot be read; apart the names that are none of ours, change how programs load code (only an
 *   admin sets those, by hand), or are too many
 */
export function readVariables(text: string): { variables: PlainVariable[]; strange: string[] } | null {
  const variables: PlainVariable[] = [];
  const strange: string[] = [];
  for (let rest = text.trim().replace(/,+$/, ''); rest !== ''; ) {
    const entry = ENTRY.exec(rest);
    if (!entry) return null;
    const [all, name = '', double, single, bare] = entry;
    const value = (double ?? single ?? bare ?? '').replaceAll('%%', '%');
    const fits = variableName.safeParse(name).success && variableValue.safeParse(value).success;
    if (fits && !dangerousVariables.has(name) && variables.length < MOST) variables.push({ name, value });
    else strange.push(name);
    rest = rest.slice(all.length).trim();
  }
  return { variables, strange };
}
