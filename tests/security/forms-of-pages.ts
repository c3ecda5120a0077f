import { channels } from '../../src/notify/index.ts';
import { projectTypes } from '../../src/project-types/index.ts';
import { registries } from '../../src/registries/index.ts';
import { allRoutes } from '../../src/web/routes.ts';
import type { Furnished } from './furnished.ts';

type Form = Record<string, string | string[]>;

/** Streams, and what is saved instead of shown. */
const notPages = /\/(events|raw)$|csv$/;

/** Pages that show something else, or anything at all, only where the address asks for it. */
const asked: Record<string, (f: Furnished) => string[]> = {
  '/notices/channels/new': () => channels.map(({ name }) => `kind=${name}`),
  '/projects/new': () => projectTypes.map(({ name }) => `type=${name}`),
  '/projects/:project/traffic': () => registries.map(({ name }) => `registry=${name}`),
  '/projects/:project/files': () => ['file=config/app.ini'],
  '/tickets/new': ({ shop }) => [`project1=${shop.test.key}`],
  '/projects/:project/plan': ({ questions, shop }) => [
    `ref=main&hosts=${shop.hostIds[0]}&changes=${questions.changes}&look=${questions.plan}`,
  ],
  '/projects/:project/deploy': ({ questions }) => [`ref=main&changes=${questions.changes}`],
  '/projects/:project': ({ names, questions }) => [`release=${names.release}&changes=${questions.changes}`],
  '/projects/:project/processes/:placement': ({ questions }) => [`log=${questions.processes}`],
  '/operations/:operation/log': ({ names }) => [`step=${names.step}`],
  '/statistics/operations': () => ['of=updates&from=2026-01-01&until=2036-01-01'],
  '/windows/new': () => ['preset=original'],
};

/** Every page that the table of routes knows, each way that shows something of its own. */
export function pagesOf(f: Furnished): string[] {
  return allRoutes
    .filter(({ method, path }) => method === 'GET' && !notPages.test(path))
    .flatMap(({ path }) => {
      const plain = f.pathOf(path);
      return [plain, ...(asked[path]?.(f) ?? []).map((query) => `${plain}?${query}`)];
    });
}

/** The forms of a page as a browser would send them untouched, by the address that they go to. */
export function formsIn(html: string, here: string): [string, Form][] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head = '', inside = '']) => {
    const action = plain(/\saction="([^"]*)"/.exec(head)?.[1] ?? here).split('?')[0]!;
    return [action, fieldsIn(inside)];
  });
}

function fieldsIn(html: string): Form {
  const form: Form = {};
  const set = (name: string, value: string) => {
    const before = form[name];
    form[name] = before === undefined ? value : [before, value].flat();
  };
  for (const [whole] of html.matchAll(/<input\b[^>]*>/gs)) {
    const of = (name: string) => plain(new RegExp(`\\s${name}="([^"]*)"`).exec(whole)?.[1] ?? '');
    const ticked = !/type="(checkbox|radio)"/.test(whole) || /\schecked[\s>]/.test(whole);
    if (of('name') && of('name') !== '_csrf' && ticked) set(of('name'), of('value'));
  }
  for (const [, name = '', text = ''] of html.matchAll(
    /<textarea\b[^>]*?\sname="([^"]*)"[^>]*>\n?(.*?)<\/textarea>/gs,
  ))
    set(name, plain(text));
  for (const [, name = '', inside = ''] of html.matchAll(
    /<select\b[^>]*?\sname="([^"]*)"[^>]*>(.*?)<\/select>/gs,
  )) {
    const options = [...inside.matchAll(/<option value="([^"]*)"([^>]*)>/g)];
    const chosen = options.find(([, , rest]) => rest?.includes('selected')) ?? options[0];
    set(name, plain(chosen?.[1] ?? ''));
  }
  return form;
}

const signs: Record<string, string> = { lt: '<', gt: '>', amp: '&', '#34': '"', '#39': "'", quot: '"' };

function plain(text: string): string {
  return text.replace(/&(\w+|#\d+);/g, (whole, name: string) => signs[name] ?? whole);
}
