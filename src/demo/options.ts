import { parseArgs } from 'node:util';
import { type Language, languageOf } from '../i18n/language.ts';

export type DemoOptions = {
  /** Begin anew: everything of an earlier demo is removed. */
  reset: boolean;
  /** null: the browser's, and the terminal's for what is printed. */
  language: Language | null;
  /** null: 8400, or the next free one. */
  port: number | null;
};

/** @throws Error with a sentence for the person who typed it. */
export function readOptions(words: string[]): DemoOptions {
  const { values } = parseArgs({
    args: words,
    options: { reset: { type: 'boolean' }, lang: { type: 'string' }, port: { type: 'string' } },
  });
  const language = values.lang === undefined ? null : languageOf(values.lang);
  if (values.lang !== undefined && language === null) throw new Error('--lang takes en or zh-CN');
  return {
    reset: values.reset === true,
    language,
    port: values.port === undefined ? null : toPort(values.port),
  };
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Error('--port takes a number from 1 to 65535');
  return port;
}

/** The language of what is printed: as asked for, else the terminal's. */
export function terminalLanguage(options: Pick<DemoOptions, 'language'>, env = process.env): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return options.language ?? (locale.startsWith('zh') ? 'zh-CN' : 'en');
}
