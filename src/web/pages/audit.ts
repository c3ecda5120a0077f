import { headText } from '../../model/audit-chain.ts';
import { byId } from '../../store/audit-rows.ts';
import * as seals from '../../store/audit-seals.ts';
import { search } from '../../store/audit-search.ts';
import { changedLines } from '../audit/changed.ts';
import { csvHead, csvLine } from '../audit/csv.ts';
import { addressOf, filterOf, results, storeFilter } from '../audit/filter.ts';
import { objectLink } from '../audit/object-link.ts';
import type { Page } from '../page.ts';
import { get } from '../route.ts';

export const routes = [
  get('/audit', 'admin', list),
  // Before the entry: its address would take it for one.
  get('/audit/csv', 'admin', csv),
  get('/audit/:entry', 'admin', show),
];

const PAGE = 50;
/** Rows of a download that are in memory at a time. */
const CHUNK = 500;
/** Rows that a page looks through for what no index knows: it answers soon, and leads to the rest. */
const REACH = 50_000;

async function list(page: Page): Promise<void> {
  const filter = filterOf(page);
  const found = await search(page.db, storeFilter(filter), { limit: PAGE + 1, reach: REACH });
  const shown = found.rows.slice(0, PAGE);
  const from = (before: string | undefined) => addressOf('/audit', { ...filter, before: before ?? '' });
  const { sealedAt, ...head } = await seals.head(page.db);
  await page.render('audit/list', {
    filter,
    results,
    rows: shown.map((row) => ({ ...row, link: objectLink(row.object) })),
    head: head.seq > 0 ? headText(head) : null,
    sealedAt,
    csv: addressOf('/audit/csv', { ...filter, before: '' }),
    older: found.rows.length > PAGE ? from(shown.at(-1)?.id) : null,
    further: found.further && { href: from(found.further.id), at: found.further.at },
    newest: filter.before ? from('') : null,
  });
}

async function show(page: Page): Promise<void> {
  const row = (await byId(page.db, page.param('entry'))) ?? page.notFound();
  await page.render('audit/show', { row, lines: changedLines(row), link: objectLink(row.object) });
}

/** All rows that the filters leave, newest first; read and sent in pieces. */
async function csv(page: Page): Promise<void> {
  const { res } = page;
  const filter = storeFilter(filterOf(page));
  res.type('text/csv; charset=utf-8').attachment(`audit-${new Date().toISOString().slice(0, 10)}.csv`);
  // Listeners for the whole download: one for each piece would pile up.
  let goOn = () => {};
  for (const event of ['drain', 'close']) res.on(event, () => goOn());
  res.write(csvHead);
  for (let before = filter.before; ; ) {
    const found = await search(page.db, { ...filter, before }, { limit: CHUNK, reach: REACH });
    if (!res.write(found.rows.map(csvLine).join('')) && !res.closed)
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
    if ((found.rows.length < CHUNK && found.further === null) || res.closed) break;
    before = found.further?.id ?? found.rows.at(-1)?.id;
  }
  res.end();
}
