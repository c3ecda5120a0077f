import { translator } from '../i18n/index.ts';
import type { Language } from '../i18n/language.ts';
import { type Notebook, usernames } from './notebook.ts';

/** What the terminal says when the console is ready. */
export function announcement(language: Language, address: string, notebook: Notebook): string {
  const t = translator(language);
  const people = usernames.map(
    (name) => `  ${name.padEnd(6)}  ${notebook.passwords[name]}   ${t(`demo.who.${name}`)}`,
  );
  return ['', t('demo.ready', { address }), '', ...people, '', t('demo.first'), t('demo.end'), ''].join('\n');
}
