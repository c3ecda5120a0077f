import type { Request, Response } from 'express';
import type { Vault } from '../auth/vault.ts';
import type { Translate } from '../i18n/index.ts';
import type { Language } from '../i18n/language.ts';
import type { Person } from '../model/person.ts';
import type { Db } from '../store/database.ts';
import type { WebSettings } from './settings.ts';

/** What a page is made from. */
export type PageParts = {
  req: Request;
  res: Response;
  db: Db;
  vault: Vault;
  settings: WebSettings;
  /** Who is signed in. */
  person: Person | null;
  language: Language;
  t: Translate;
};
