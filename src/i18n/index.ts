import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next from 'i18next';
import { type Language, languages } from './language.ts';

/** A text in one language: `key` is `<topic>.<path>`, `detail` fills its `{{places}}`. */
export type Translate = (key: string, detail?: Record<string, unknown>) => string;

const instance = i18next.createInstance();
await instance.init({
  lng: 'en',
  fallbackLng: 'en',
  initAsync: false,
  interpolation: { escapeValue: false },
  returnNull: false,
  saveMissing: process.env.NODE_ENV === 'test',
  missingKeyHandler: (_languages, _namespace, key) => {
    throw new Error(`No text for ${key}`);
  },
  resources: Object.fromEntries(languages.map((name) => [name, { translation: readLocale(name) }])),
});

/** The texts of one language. In tests a missing key throws; elsewhere English, then the key itself, stands in. */
export function translator(language: Language): Translate {
  const fixed = instance.getFixedT(language);
  return (key, detail) => String(fixed(key, detail ?? {}));
}

/** True where the key has a text: for texts named by data, such as `error.<code>`. */
export function hasText(key: string): boolean {
  return instance.exists(key, { lng: 'en' });
}

/**
 * All texts of one language: file `<topic>.json` holds the texts below `<topic>.`, and `<topic>.<author>.json`
 * adds to them.
 */
export function readLocale(language: Language): Record<string, Record<string, unknown>> {
  const folder = join(import.meta.dirname, 'locales', language);
  const texts: Record<string, Record<string, unknown>> = {};
  for (const file of readdirSync(folder).sort()) {
    const topic = file.split('.')[0] ?? file;
    texts[topic] = joined(texts[topic] ?? {}, JSON.parse(readFileSync(join(folder, file), 'utf8')));
  }
  return texts;
}

type Texts = Record<string, unknown>;

/** Both, group by group. */
function joined(one: Texts, other: Texts): Texts {
  const result = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const there = result[key];
    result[key] = isGroup(there) && isGroup(value) ? joined(there, value) : value;
  }
  return result;
}

function isGroup(value: unknown): value is Texts {
  return typeof value === 'object' && value !== null;
}
