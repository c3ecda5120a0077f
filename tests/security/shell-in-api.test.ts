import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../../src/model/token.ts';
import { documentFor } from '../../src/web/api/open-api.ts';
import { allEndpoints } from '../../src/web/api/routes.ts';
import { type Examples, examplesIn } from '../web/api/examples.ts';
import { type Program, program } from '../web/api/programs.ts';
import { type Address, addressesOf } from '../web/api/schema.ts';
import { keptTexts } from './kept.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { leafLines, openLeaves } from './open-leaves.ts';
import { canary, shellTexts } from './shell-texts.ts';
import { inAddress, slowOf, tooLong } from './slow-requests.ts';

/* Every body is found by its address, and its fields by its schema: a new one is tried by being there. */
const documented = addressesOf(documentFor(allEndpoints));
const bodies = allEndpoints.flatMap(({ method, path, body }) => {
  const told = documented.find(
    (one) => one.method === method && one.path.replace(/{(\w+)}/g, ':$1') === path,
  );
  return body && told ? [{ name: `${method} ${path}`, address: told, leaves: leavesOf(body) }] : [];
});

let e: Examples;
let by: Program;
beforeAll(async () => {
  e = await examplesIn();
  by = await program(e.t, { scopes: [...scopes] });
});
afterAll(() => e.t.end());

const fits = ({ schema }: Leaf, text: string) => schema.safeParse(text).success;

/** A right body with some of its fields changed: `parts[].ref` in each part, `options.{}` as a name of its own. */
function bodyWith(address: Address, changes: Record<string, string>): object {
  const body = structuredClone(e.body(address)) as Record<string, unknown>;
  for (const [place, text] of Object.entries(changes)) set(body, place.split('.'), text);
  return body;
}

function set(within: Record<string, unknown>, [first = '', ...rest]: string[], text: string): void {
  const name = first.replace('[]', '');
  if (rest[0] === '{}') within[name] = { [text]: 'x' };
  else if (rest[0] === '*') within[name] = { unknown: text };
  else if (rest.length > 0 && first.endsWith('[]'))
    for (const one of within[name] as Record<string, unknown>[]) set(one, rest, text);
  else within[name] = first.endsWith('[]') ? [text] : text;
}

const send = (address: Address, body: object) =>
  by
    .call(
      address.method,
      address.path.replace(/{(\w+)}/g, (_, name: string) => e.names.ours[name] ?? name),
    )
    .set('If-Match', '*')
    .send(body);

/** The fields of these that an answer names as wrong. */
function named(answer: { body: Record<string, unknown> }, places: string[]): string[] {
  const { errors = [], field, code } = answer.body as Problem;
  const told = [field ?? byCode[code] ?? '', ...errors.map((one) => one.field)];
  const bare = told.map((one) => one.replace(/\.\d+/g, ''));
  return places.filter((place) => {
    const plain = place.replace(/\[\]|\.[{*].*$/g, '');
    return bare.some(
      (one) => one !== '' && (plain === one || `${one}.`.startsWith(`${plain}.`) || whole(plain, one)),
    );
  });
}
type Problem = { errors?: { field: string }[]; field?: string; code: string };

/** A strategy and a scaling are refused as one. */
const whole = (place: string, told: string) =>
  /^(strategy|scaling)$/.test(told) && place.startsWith(`${told}.`);

/** Problems that say by their code which field they are about. */
const byCode: Record<string, string> = {
  ...{ no_such_project: 'project', address: 'host', host_not_placed: 'host', host_name: 'hostname' },
  ...{ host_key_text: 'host_key', nothing_to_do: 'release' },
};

/** Sends all the fields at once, then those that were not named yet: each must be in its turn. */
async function refusedAt(address: Address, name: string, places: string[], text: string): Promise<string[]> {
  for (let left = places; left.length > 0; ) {
    const before = await e.t.db('audit').orderBy('id', 'desc').first('id');
    const answer = await send(
      address,
      bodyWith(address, Object.fromEntries(left.map((place) => [place, text]))),
    );
    const about = `${name} ${text.slice(0, 30)} ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`;
    if (answer.status < 400 || answer.status >= 500) return [`${about}: taken at ${left}`];
    const last = await e.t.db('audit').orderBy('id', 'desc').first('id', 'result');
    if (last.id === before?.id || last.result !== 'refused') return [`${about}: no audit row`];
    const told = named(answer, left);
    if (told.length === 0) return [`${about}: does not name ${left}`];
    left = left.filter((place) => !told.includes(place));
  }
  return [];
}

test('[S35] every field of every body refuses the texts of a shell, but for those that are listed', () => {
  const open = bodies.flatMap(({ name, leaves }) =>
    leaves
      .filter((leaf) => Object.values(shellTexts).some((text) => fits(leaf, text)))
      .map(({ place }) => `${place} ${name}`),
  );
  const listed = (Object.keys(openLeaves) as (keyof typeof openLeaves)[]).flatMap(leafLines);
  expect(open.sort()).toEqual(listed.sort());
  expect(bodies.flatMap(({ leaves }) => leaves).length).toBeGreaterThan(150);
});

test('[S35] what their shape refuses is a 4xx at the field with an audit row, and nothing of it is kept', async () => {
  const problems: string[] = [];
  const text = shellTexts['a second command']!;
  for (const { name, address, leaves } of bodies) {
    const closed = leaves.filter((leaf) => !fits(leaf, text)).map(({ place }) => place);
    problems.push(...(await refusedAt(address, name, closed, text)));
  }
  expect(problems).toEqual([]);
  expect(await keptTexts(e.t.db, canary)).toEqual([]);
});

test('[S35] [S43] what is judged by more than its shape is refused at its field too', async () => {
  const problems: string[] = [];
  const words = leafLines('words');
  const lines = leafLines('judged').concat(words);
  for (const { name, address, leaves } of bodies) {
    if (address.path.includes('{operation}')) await e.ready(address);
    const judged = leaves.filter(({ place }) => lines.includes(`${place} ${name}`));
    for (const text of Object.values(shellTexts)) {
      const isWords = /^[\w %./-]+$/.test(text);
      const places = judged
        .filter((leaf) => fits(leaf, text) && !(isWords && words.includes(`${leaf.place} ${name}`)))
        .map(({ place }) => place);
      problems.push(...(await refusedAt(address, name, places, text)));
    }
  }
  expect(problems).toEqual([]);
  expect(await keptTexts(e.t.db, canary)).toEqual([]);
});

const all = `;touch ${canary}|&&$(touch ${canary})\`touch ${canary}\`'"\${IFS}%0a>${canary}~*{a,b}!\u{1f600}`;

test('[S35] a field of text keeps the texts of a shell as they were typed, and never refuses them', async () => {
  const problems: string[] = [];
  const kept: string[] = [];
  const lines = leafLines('text');
  for (const { name, address, leaves } of bodies)
    for (const { place } of leaves.filter((leaf) => lines.includes(`${leaf.place} ${name}`))) {
      await e.ready(address);
      const own = all.replaceAll(canary, `c${kept.length}`);
      const answer = await send(address, bodyWith(address, { [place]: own }));
      if (answer.status >= 500 || (answer.status >= 400 && named(answer, [place]).length > 0))
        problems.push(`${place} ${name}: ${answer.status} ${answer.text}`);
      if ((await keptTexts(e.t.db, own)).includes(own)) kept.push(`${place} ${name}`);
    }
  expect(problems).toEqual([]);
  // a reason for what is not done is no fact
  const idle = /^pass |^weakSshReason |^reason POST \/api\/v1\/hosts$/;
  expect(lines.filter((line) => !kept.includes(line) && !idle.test(line))).toEqual([]);
});

test('[S53] 100 KB in every field of every body, in addresses and in queries, are answered within a second', async () => {
  const problems: string[] = [];
  for (const { name, address, leaves } of bodies)
    for (let from = 0; from < leaves.length; from += 4) {
      const long = leaves.slice(from, from + 4).map(({ place }) => [place, tooLong]);
      const body = bodyWith(address, Object.fromEntries(long));
      problems.push(...(await slowOf(name, () => send(address, body), [422, 400, 409])));
    }
  for (const { method, path, query } of allEndpoints.filter(({ path }) => !path.endsWith('/events'))) {
    const names = Object.keys(query?.shape ?? {});
    const asked = names.map((name) => `${name}=${inAddress(names.length)}`).join('&');
    const plain = path.replace(/:(\w+)/g, (_, name: string) => e.names.ours[name] ?? name);
    const crooked = path.replace(/:\w+/g, () => inAddress(2));
    const call = (at: string) => () => by.call(method, at).set('If-Match', '*');
    if (names.length > 0) problems.push(...(await slowOf(`${path}?`, call(`${plain}?${asked}`))));
    if (crooked !== path) problems.push(...(await slowOf(path, call(crooked), [400, 404, 422])));
  }
  expect(problems).toEqual([]);
});
