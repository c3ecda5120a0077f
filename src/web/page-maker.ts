import type { Request } from 'express';
import type { Vault } from '../auth/vault.ts';
import { translator } from '../i18n/index.ts';
import { browserLanguage, type Language, languageOf } from '../i18n/language.ts';
import type { Person } from '../model/person.ts';
import type { Db } from '../store/database.ts';
import type { MakePage } from './mount.ts';
import { Page } from './page.ts';
import type { WebSettings } from './settings.ts';

/** Makes the page of a request: with the person whom the session names, in the language chosen. */
export function pageMaker(parts: { db: Db; vault: Vault; settings: WebSettings }): MakePage {
  return async (req, res) => {
    const person = (req.user as Person | undefined) ?? null;
    const language = choose(req, person, parts.settings);
    res.set('Content-Language', language).vary('Accept-Language');
    return new Page({ ...parts, req, res, person, language, t: translator(language) });
  };
}

/** The person's own choice, else the session's, else the setting's, else the browser's. */
function choose(req: Request, person: Person | null, settings: WebSettings): Language {
  return (
    person?.language ??
    languageOf(req.session?.language) ??
    languageOf(settings.language) ??
    browserLanguage(req.acceptsLanguages())
  );
}
