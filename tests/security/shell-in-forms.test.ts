import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { type Browser, type Town, town } from '../web/people.ts';
import { type Deed, deeds } from './deeds.ts';
import { Furnished } from './furnished.ts';
import { GoodForms } from './good-forms.ts';
import { keptTexts } from './kept.ts';
import { formless, meant, type Openness, openLines } from './open-fields.ts';
import { canary, shellTexts } from './shell-texts.ts';
import { slowOf, tooLong } from './slow-requests.ts';

/* Every form is found by its route, and its fields by the schema that reads it: a new one is tried by being there. */
const read = vi.hoisted(() => ({ schemas: [] as z.ZodObject[] }));
vi.mock('../../src/web/form.ts', async (original) => {
  const real = await original<typeof import('../../src/web/form.ts')>();
  const readForm: typeof real.readForm = (schema, body) => {
    read.schemas.push(schema);
    return real.readForm(schema, body);
  };
  return { ...real, readForm };
});

let t: Town;
let f: Furnished;
let good: GoodForms;
let forms: Map<Deed, z.ZodObject | null>;
beforeAll(async () => {
  forms = await schemas();
  t = await town();
  f = await Furnished.of(t);
  good = await GoodForms.read(f);
});
afterAll(() => t.end());

type Form = Record<string, string | string[]>;
type Send = (path: string, form: Form) => Promise<{ status: number; text: string }>;

/** Sends forms as the pages do, with one token for all. */
async function sender(to: Furnished): Promise<Send> {
  const { admin, nobody } = to.t;
  const tokenOf = async (who: Browser, page: string) =>
    /data-csrf="([^"]*)"/.exec((await who.get(page)).text)?.[1] ?? '';
  const tokens = { inside: await tokenOf(admin, '/groups'), outside: await tokenOf(nobody, '/sign-in') };
  return (path, form) => {
    const outside = /^\/(sign-in|setup)/.test(path);
    const { agent } = outside ? nobody : admin;
    const _csrf = outside ? tokens.outside : tokens.inside;
    return agent
      .post(to.pathOf(path))
      .set('Accept', 'text/html')
      .type('form')
      .send({ ...form, _csrf });
  };
}

/** The schema that reads each form; null where none does. */
async function schemas(): Promise<Map<Deed, z.ZodObject | null>> {
  const other = await town();
  const there = await Furnished.of(other);
  const send = await sender(there);
  const found = new Map<Deed, z.ZodObject | null>();
  for (const deed of deeds) {
    read.schemas = [];
    await deed.ready?.(there);
    await send(deed.path, deed.body);
    found.set(deed, read.schemas[0] ?? null);
  }
  await other.end();
  return found;
}

const fits = (field: unknown, text: string) => (field as z.ZodType).safeParse(text).success;
const openings: Openness[] = ['text', 'judged', 'words', 'secret', 'command', 'nothing'];

test('[S35] every field of every form refuses the texts of a shell, but for those that are listed', () => {
  const open = [...forms].flatMap(([{ path }, schema]) =>
    Object.entries(schema?.shape ?? {})
      .filter(([, field]) => Object.values(shellTexts).some((text) => fits(field, text)))
      .map(([name]) => `${name} ${path}`),
  );
  expect([...new Set(open)].sort()).toEqual(openings.flatMap(openLines).sort());
  const without = [...forms].filter(([, schema]) => schema === null).map(([{ path }]) => path);
  expect(without.sort()).toEqual(formless.split(' ').sort());
  expect([...forms.values()].flatMap((schema) => Object.keys(schema?.shape ?? {})).length).toBeGreaterThan(
    300,
  );
});

/** The last audit row. */
const last = () => t.db('audit').orderBy('id', 'desc').first();

/** Sends a form that must be refused. Answers what is wrong with the refusal; nothing when all is well. */
async function refused(send: Send, path: string, form: Form, fields: Form): Promise<string[]> {
  const before = await last();
  const { status } = await send(path, { ...form, ...fields });
  const after = await last();
  const name = `${path} ${JSON.stringify(fields).slice(0, 80)}: ${status} ${after.reason}`;
  if (status < 400 || status >= 500) return [`${name}: taken`];
  const missing = status === 422 ? Object.keys(fields).filter((field) => !after.reason?.includes(field)) : [];
  return [
    ...(after.id !== before.id && after.result === 'refused' ? [] : [`${name}: no audit row`]),
    ...(missing.length === 0 ? [] : [`${name}: does not name ${missing}`]),
  ];
}

test('[S35] [S44] what their shape refuses is a 4xx at the field with an audit row, and nothing of it is kept', async () => {
  const send = await sender(f);
  const problems: string[] = [];
  let tried = 0;
  for (const [deed, schema] of forms) {
    const form = await good.of(deed);
    const closed = Object.entries(schema?.shape ?? {})
      .filter(([, field]) => !fits(field, shellTexts['a second command']!))
      .map(([name]) => name);
    for (let from = 0; from < closed.length; from += 8) {
      const names = closed.slice(from, from + 8);
      const hostile = Object.fromEntries(names.map((name) => [name, shellTexts['a second command']!]));
      problems.push(...(await refused(send, deed.path, form, hostile)));
      tried += names.length;
    }
  }
  expect(problems).toEqual([]);
  expect(tried).toBeGreaterThan(150);
  expect(await keptTexts(t.db, canary, ['sessions'])).toEqual([]);
});

test('[S35] [S36] what is judged by more than its shape is refused at its field too', async () => {
  const send = await sender(f);
  const problems: string[] = [];
  for (const [name, path] of openLines('judged').map((line) => line.split(' ') as [string, string])) {
    const [deed] = [...forms].findLast(([one, schema]) => one.path === path && schema?.shape[name]) ?? [];
    const form = await good.of(deed!, name);
    for (const [, text] of Object.entries(shellTexts).filter(([how]) => how !== meant[`${name} ${path}`]))
      problems.push(...(await refused(send, path, form, { [name]: text })));
  }
  expect(problems).toEqual([]);
  expect(await keptTexts(t.db, canary, ['sessions'])).toEqual([]);
});

const joined = [
  `;touch ${canary}|&&$(touch ${canary})\`touch ${canary}\``,
  `'"\${IFS}%0a>${canary}~*{a,b}!\u{1f600}`,
];

/** Brings about that there is something to say the text of. */
const begun: Record<string, () => Promise<unknown>> = {
  '/drift/:placement/process': free,
  '/drift/:placement/configuration': free,
  '/projects/:project/schedules': free,
  '/projects/:project/hosts/:placement/delete': free,
  '/projects/:project/processes/:placement': free,
  '/operations/:operation/pause': running,
  '/operations/:operation/cancel': running,
};

async function free(): Promise<void> {
  await t.db('locks').update({ operation_id: null, held_since: null, owner: null });
}

async function running(): Promise<void> {
  const clean = { finished_at: null, cancel_requested_at: null, pause_requested_at: null, paused_at: null };
  await t
    .db('operations')
    .where({ id: f.names.operation })
    .update({ ...clean, state: 'running' });
}

/** Kept elsewhere than in plain sight, or for what this town has not: tried where it is. */
const elsewhere = [
  /^pass /, // nothing stands in the way that could be passed: tests/web/windows-pass.test.ts
  / \/tickets|^reason \/projects\/:project\/operations$/, // shell-in-api.test.ts
  /^text \/projects\/:project\/files$/, // sealed: shell-in-deploy.test.ts
  /^option_server_xml \/projects$/, // the same as of the settings
  /^(name|option_keyword) \/notices\/channels/, // needs an address or a token that is right
];

test('[S35] a field of text keeps the texts of a shell as they were typed, and never refuses them', async () => {
  const send = await sender(f);
  const problems: string[] = [];
  const kept = new Set<string>();
  for (const line of openLines('text')) {
    const [name, path] = line.split(' ') as [string, string];
    const [deed] = [...forms].findLast(([one, schema]) => one.path === path && schema?.shape[name]) ?? [];
    for (const [index, text] of joined.entries()) {
      await begun[path]?.();
      const own = text.replaceAll(canary, `c${kept.size}${index}`);
      const { status } = await send(path, { ...(await good.of(deed!, name)), [name]: own });
      if (status >= 500 || (status === 422 && new RegExp(`\\b${name} `).test((await last()).reason)))
        problems.push(`${line}: ${status} ${(await last()).reason}`);
      if ((await keptTexts(t.db, own, ['sessions'])).some((one) => one.includes(own))) kept.add(line);
    }
  }
  expect(problems).toEqual([]);
  const lost = openLines('text').filter((line) => !kept.has(line));
  expect(lost.filter((line) => !elsewhere.some((shape) => shape.test(line)))).toEqual([]);
  expect(kept.size).toBeGreaterThan(40);
});

test('[S53] 100 KB in every field of every form are answered within a second', async () => {
  const send = await sender(f);
  const problems: string[] = [];
  for (const [deed, schema] of forms) {
    const names = Object.keys(schema?.shape ?? {});
    await deed.ready?.(f);
    for (let from = 0; from < names.length; from += 9) {
      const long = names.slice(from, from + 9).map((name) => [name, tooLong]);
      const body = { ...deed.body, ...Object.fromEntries(long) };
      problems.push(...(await slowOf(deed.path, () => send(deed.path, body))));
    }
  }
  expect(problems).toEqual([]);
});
