import { join } from 'node:path';
import ejs from 'ejs';
import type { Request } from 'express';
import { may } from '../model/permission.ts';
import { asset } from './assets.ts';
import type { Absent, Attendance } from './attendance.ts';
import { tokenOf } from './csrf.ts';
import { takeFlash } from './flash.ts';
import { navigation } from './navigation.ts';
import type { PageParts } from './page-parts.ts';
import { placeOf } from './place.ts';
import { clockOf } from './time.ts';

const folder = join(import.meta.dirname, '../../views');
const cache = process.env.NODE_ENV !== 'development';

/**
 * A view as text. Besides `model` it knows: t, language, theme, person, may, asset, csrf, flash, nav, here (where
 * the page can be read again), absent, when and whenExactly (epoch milliseconds to text in the person's zone).
 */
export async function renderView(
  page: PageParts,
  view: string,
  model: Record<string, unknown>,
): Promise<string> {
  return ejs.renderFile(
    join(folder, `${view}.ejs`),
    { ...common(page, view), absent: await absentFor(page), ...model },
    { root: folder, cache },
  );
}

function common(page: PageParts, view: string): Record<string, unknown> {
  return {
    t: page.t,
    language: page.language,
    theme: page.person?.theme ?? 'auto',
    person: page.person,
    may: may.bind(null, page.person),
    asset,
    csrf: tokenOf(page.req, page.person !== null || view !== 'problem'),
    flash: isPart(page.req) ? null : takeFlash(page.req),
    nav: navigation(page.person, page.req.path),
    here: placeOf(page.req),
    requestId: String(page.req.id),
    ...clockOf(page.language, page.person?.timeZone ?? null),
  };
}

/** What is missing to do the work is told to people on whole pages. */
async function absentFor({ req, person }: PageParts): Promise<Absent[]> {
  const attendance = req.app.locals.attendance as Attendance | undefined;
  return person === null || isPart(req) ? [] : ((await attendance?.absent()) ?? []);
}

/** Parts of a page that a script fetches show no message, so they must not use it up. */
function isPart(req: Request): boolean {
  return req.get('HX-Request') !== undefined || req.get('X-Poll') !== undefined;
}
