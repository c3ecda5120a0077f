import { variableName, variableValue } from '../model/variable.ts';

export type PlainVariable = { name: string; value: string };

const ENTRY = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^,"']*?))\s*(?:,|$)/;

/**
 * Reads `KEY=value,KEY2="value"`, as supervisor's `environment=` has it.
 * @returns null where it cannot be read; the names that are none of ours apart
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
    if (fits) variables.push({ name, value });
    else strange.push(name);
    rest = rest.slice(all.length).trim();
  }
  return { variables, strange };
}
