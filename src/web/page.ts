import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Vault } from '../auth/vault.ts';
import { CedarError, type FieldError, InvalidForm } from '../errors.ts';
import type { Translate } from '../i18n/index.ts';
import type { Language } from '../i18n/language.ts';
import { may, type Permission, type Subject } from '../model/permission.ts';
import type { Person } from '../model/person.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { Db } from '../store/database.ts';
import { type FormField, formField } from './field.ts';
import { type Flash, keepFlash } from './flash.ts';
import { readForm, type Typed, typedOf } from './form.ts';
import type { PageParts } from './page-parts.ts';
import { noteRefusal, wrongFields } from './refusals.ts';
import { renderView } from './render.ts';
import type { WebSettings } from './settings.ts';

/** One request, in the words of a handler: who, form, answer. */
export class Page {
  readonly req: Request;
  readonly res: Response;
  readonly db: Db;
  readonly vault: Vault;
  readonly settings: WebSettings;
  readonly person: Person | null;
  readonly language: Language;
  readonly t: Translate;
  #wrong: FieldError[] = [];
  #typed: Typed | null = null;

  constructor(parts: PageParts) {
    this.req = parts.req;
    this.res = parts.res;
    this.db = parts.db;
    this.vault = parts.vault;
    this.settings = parts.settings;
    this.person = parts.person;
    this.language = parts.language;
    this.t = parts.t;
  }

  /** The person signed in; for routes whose guard is not `public`. */
  get who(): Person {
    if (this.person === null) throw new CedarError('sign_in_needed', {}, 401);
    return this.person;
  }

  may(permission: Permission, subject?: Subject): boolean {
    return may(this.person, permission, subject);
  }

  /** The ids of the groups that the person may see; undefined: all of them (for the store's `groupIds`). */
  get groupIds(): string[] | undefined {
    return this.who.role === 'admin' ? undefined : this.who.grants.map((grant) => grant.groupId);
  }

  /** A part of the path, such as `host` of `/hosts/:host`. */
  param(name: string): string {
    return String(this.req.params[name] ?? '');
  }

  /** One value of the query; null where it is absent, empty or given twice. */
  query(name: string): string | null {
    const value = this.req.query[name];
    return typeof value === 'string' && value !== '' ? value : null;
  }

  /** The form that was sent. @throws InvalidForm; the route's `again` then shows it once more. */
  form<S extends z.ZodObject>(schema: S): z.output<S> {
    return readForm(schema, this.req.body);
  }

  /** Ends the request with the form shown again and the message at each field. */
  refuse(...fields: FieldError[]): never {
    throw new InvalidForm(fields);
  }

  /** Ends the request with 404. */
  notFound(): never {
    throw new CedarError('not_found', {}, 404);
  }

  /** Remembers what was typed and what is wrong with it; `fields` and `render` (422) then show it. */
  showAgain(fields: FieldError[]): void {
    this.#wrong = fields;
    this.#typed = typedOf(this.req.body);
  }

  /** The fields of a form for its view: `values` at first, what was typed when it is shown again. */
  fields<K extends string>(
    values: Record<K, string | number | boolean | string[] | null>,
  ): Record<K, FormField> {
    const entries = Object.keys(values).map((name) => {
      const wrong = this.#wrong.filter((problem) => problem.field === name);
      return [name, formField(name, values[name as K], this.#typed, wrong, this.t)];
    });
    return Object.fromEntries(entries);
  }

  /** Messages that belong to no field of `fields` (a nested `field` such as `env.3.name`, say). */
  problems(except: Record<string, FormField> = {}): { field: string; message: string }[] {
    return this.#wrong
      .filter((problem) => !Object.hasOwn(except, problem.field))
      .map((problem) => ({
        field: problem.field,
        message: this.t(`field.${problem.code}`, problem.detail),
      }));
  }

  /** True while a form is shown again. */
  get again(): boolean {
    return this.#typed !== null;
  }

  /** Answers with a view; `model` holds ready values only. */
  async render(
    view: string,
    model: Record<string, unknown> = {},
    status = this.again ? 422 : 200,
  ): Promise<void> {
    if (status >= 400) await noteRefusal(this, status, this.#reason(status));
    this.res
      .status(status)
      .type('html')
      .send(await renderView(this, view, model));
  }

  /** The fields that were wrong, by their codes and never their values; else the status. */
  #reason(status: number): string {
    return wrongFields(this.#wrong) || String(status);
  }

  /** Goes to a page of ours (303), where `flash` is shown once. */
  redirect(path: string, flash?: Flash): void {
    if (flash) keepFlash(this.req, flash);
    if (this.req.get('HX-Request')) this.res.set('HX-Redirect', path).status(204).end();
    else this.res.redirect(303, path);
  }

  /** An audit row of what this person does with this request. */
  audit(
    entry: Pick<AuditEntry, 'action' | 'object'> &
      Partial<Pick<AuditEntry, 'before' | 'after' | 'result' | 'reason'>>,
  ): AuditEntry {
    if (entry.result === 'refused') this.res.locals.refusalNoted = true;
    return {
      actor: this.person?.username ?? 'anonymous',
      via: 'web',
      ip: this.req.ip ?? null,
      requestId: String(this.req.id),
      result: 'ok',
      ...entry,
    };
  }
}
