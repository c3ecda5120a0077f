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

/** What stands around the places of a text, and between them their names. */
type Pieces = readonly string[];

/** Texts that were asked for, by language: a page asks for a thousand. Only those that there are, so that it ends. */
const known = new Map(languages.map((language) => [language, new Map<string, Pieces>()]));

/** The texts of one language. In tests a missing key throws; elsewhere English, then the key itself, stands in. */
export function translator(language: Language): Translate {
  const fixed = instance.getFixedT(language);
  const own = known.get(language) ?? new Map<string, Pieces>();
  return (key, detail) => {
    if (detail && 'count' in detail) return String(fixed(key, detail));
    const pieces = own.get(key);
    if (pieces) return filled(pieces, detail ?? {});
    if (!hasText(key)) return String(fixed(key, detail ?? {}));
    const found = String(fixed(key, { skipInterpolation: true })).split(/\{\{(\w+)\}\}/);
    own.set(key, found);
    return filled(found, detail ?? {});
  };
}

/** A place of which nothing is told stays as it is written. */
function filled(pieces: Pieces, detail: Record<string, unknown>): string {
  if (pieces.length === 1) return pieces[0] ?? '';
  const told = (name: string) => (name in detail ? String(detail[name] ?? '') : `{{${name}}}`);
  return pieces.map((piece, n) => (n % 2 === 0 ? piece : told(piece))).join('');
}

const texts = new Set<string>();

/** True where the key has a text: for texts named by data, such as `error.<code>`. */
export function hasText(key: string): boolean {
  if (texts.has(key)) return true;
  const found = instance.exists(key, { lng: 'en' });
  if (found) texts.add(key);
  return found;
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
