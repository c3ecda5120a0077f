import { z } from 'zod';
import type { Vault } from '../../auth/vault.ts';
import type { FieldError } from '../../errors.ts';
import { dangerousVariables, type Variable, variableName, variableValue } from '../../model/variable.ts';
import { checkbox } from '../form.ts';
import type { Page } from '../page.ts';

/** Variables that are set at once: one `NAME=value` per line, as it stands behind the first `=`. */
export const setForm = z.object({ variables: z.string().max(1_000_000), secret: checkbox });
export const unsetForm = z.object({ name: variableName });

const MOST = 200;

/** The variables typed, values sealed. Refuses the form at its field, naming the line. */
export function typedVariables(page: Page, form: z.output<typeof setForm>): Variable[] {
  const lines = form.variables.split('\n');
  const read = lines.flatMap((line, index) => (line.trim() === '' ? [] : [readLine(page, line, index + 1)]));
  const wrong = read.flatMap((item) => ('wrong' in item ? [item.wrong] : []));
  if (wrong.length > 0) page.refuse(...wrong.slice(0, 10));
  const typed = read.flatMap((item) => ('name' in item ? [item] : []));
  if (typed.length === 0) page.refuse({ field: 'variables', code: 'required' });
  return typed.map(({ name, value }) => ({ name, value: page.vault.seal(value), secret: form.secret }));
}

/** `before` with these set. Refuses more than 200 in all. */
export function withSet(page: Page, before: Variable[], set: Variable[]): Variable[] {
  const all = [...new Map([...before, ...set].map((variable) => [variable.name, variable])).values()];
  if (all.length > MOST)
    page.refuse({ field: 'variables', code: 'variables_many', detail: { maximum: MOST } });
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What pages show of variables: secrets never leave again. `times`: when each was set last. */
export function shownVariables(variables: Variable[], vault: Vault, times = new Map<string, number>()) {
  return variables.map(({ name, value, secret }) => ({
    name,
    secret,
    setAt: times.get(name) ?? null,
    value: secret ? null : vault.open(value),
  }));
}

/** What the audit trail keeps of variables: names, and which of them changed. */
export function variableNames(variables: Variable[]): string[] {
  return variables.map(({ name, secret }) => (secret ? `${name} (secret)` : name));
}

type Line = { name: string; value: string } | { wrong: FieldError };

function readLine(page: Page, line: string, number: number): Line {
  const split = line.indexOf('=');
  const [name, value] = [line.slice(0, split).trim(), line.slice(split + 1)];
  if (split < 1 || !variableName.safeParse(name).success) return wrong('variable_name', number);
  if (!variableValue.safeParse(value).success) return wrong('variable_value', number);
  if (dangerousVariables.has(name) && !page.may('admin')) return wrong('variable_dangerous', number, name);
  return { name, value };
}

function wrong(code: string, line: number, name = ''): Line {
  return { wrong: { field: 'variables', code, detail: { line, name } } };
}
