export const languages = ['en', 'zh-CN'] as const;
export type Language = (typeof languages)[number];

/** The language named, or null. */
export function languageOf(name: unknown): Language | null {
  return languages.find((language) => language === name) ?? null;
}

/**
 * The first of ours that a browser asks for; any Chinese is zh-CN, anything else English.
 * @param accepted in the browser's order, as Express's `req.acceptsLanguages()` gives it.
 */
export function browserLanguage(accepted: string[]): Language {
  for (const name of accepted) {
    if (/^zh\b/i.test(name)) return 'zh-CN';
    if (/^en\b/i.test(name)) return 'en';
  }
  return 'en';
}
