import type { Page } from './page.ts';

/** What the validators of the setup forms need of a request, whether a person's or a program's. */
export type Judge = Pick<Page, 'db' | 'vault' | 'settings' | 'refuse'>;
