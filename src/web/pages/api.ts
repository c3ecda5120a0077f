import type { Endpoint } from '../api/endpoint.ts';
import { documentFor } from '../api/open-api.ts';
import { sectionsOf } from '../api/reading.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';

export const routes = [get('/api', 'signed-in', show)];

/** The OpenAPI document, for people. */
async function show(page: Page): Promise<void> {
  const document = documentFor(page.req.app.locals.endpoints as readonly Endpoint[]);
  await page.render('api/show', { sections: sectionsOf(document) });
}
