import type { Vault } from '../auth/vault.ts';
import { type Option, type OptionValues, optionValues } from '../model/option.ts';

/** The values of a channel with its secrets opened: for sending, never for a page. */
export function openValues(vault: Vault, options: readonly Option[], stored: OptionValues): OptionValues {
  const values = optionValues(options, stored);
  const secrets = options.filter(({ name, kind }) => kind === 'secret' && values[name]);
  const opened = secrets.map(({ name }) => [name, vault.open(values[name] ?? '')]);
  return { ...values, ...Object.fromEntries(opened) };
}
