import type { Subject } from '../model/permission.ts';
import type { Page } from './page.ts';

export type Handler = (page: Page) => Promise<void>;

/**
 * A guard for pages of one project or operation: `of` finds what the permission is asked about. Null, or a subject
 * that the person may not see, is answered with 404; one that may be seen only, with 403.
 */
export type ObjectGuard = {
  permission: 'project.see' | 'project.configure' | 'project.deploy';
  of: (page: Page) => Promise<Subject | null>;
};

/** Who may come in. */
export type Guard = 'public' | 'signed-in' | 'admin' | 'project.create' | ObjectGuard;

export type Route = {
  method: 'GET' | 'POST';
  path: string;
  guard: Guard;
  handle: Handler;
  /** Shows the form again, with what was typed and the messages, where `handle` threw InvalidForm. */
  again?: Handler;
};

/** A page that is only read: it changes nothing. */
export function get(path: string, guard: Guard, handle: Handler): Route {
  return { method: 'GET', path, guard, handle };
}

/** A deed. `again` shows its form once more (422) when the form did not pass. */
export function post(path: string, guard: Guard, handle: Handler, again?: Handler): Route {
  return { method: 'POST', path, guard, handle, again };
}
