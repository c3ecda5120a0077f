import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Town, town } from './people.ts';
import { type Run, runIn, type Shop, shopIn } from './shop.ts';

let t: Town;
let shop: Shop;
let run: Run;
beforeAll(async () => {
  t = await town();
  shop = await shopIn(t);
  run = await runIn(t, shop, shop.test);
});
afterAll(() => t.end());

type Window = {
  chunks: { seq: number; text: string }[];
  first: boolean;
  last: boolean;
  upTo: number;
  gap: unknown;
};

async function stretch(step: string, place = ''): Promise<Window> {
  const { id } = await run.step(step);
  return (await t.member.get(`${run.path}/log?step=${id}${place}`).expect(200)).body;
}

test('a long log opens at its end and gives the rest piece by piece', async () => {
  const line = `${'z'.repeat(4000)}\n`;
  for (let index = 0; index < 200; index++) await run.say('build', `${index} ${line}`);
  const end = await stretch('build');
  expect(end).toMatchObject({ first: false, last: true, gap: null });
  expect(end.chunks.at(-1)?.text).toMatch(/^199 /);
  let all = end.chunks;
  for (let part = end; !part.first; all = [...part.chunks, ...all])
    part = await stretch('build', `&before=${all[0]!.seq}`);
  expect(all.map((chunk) => Number.parseInt(chunk.text, 10))).toEqual(
    Array.from({ length: 200 }, (_, n) => n),
  );
  const middle = await stretch('build', `&at=${all[100]!.seq}`);
  expect(middle).toMatchObject({ first: false, last: false });
  expect(middle.chunks.some((chunk) => chunk.seq === all[100]!.seq)).toBe(true);
  const onward = await stretch('build', `&after=${middle.chunks.at(-1)!.seq}`);
  expect(onward.chunks[0]!.seq).toBe(middle.chunks.at(-1)!.seq + 1);
});

test('a log beyond its cap keeps head and tail, and counts what is missing between', async () => {
  const cap = 4096;
  const lines = Array.from({ length: 100 }, (_, index) => `${index} ${'g'.repeat(150)}\n`);
  for (const [index, text] of lines.entries()) {
    await run.say('keep', text, cap);
    if (index % 7 === 0) await run.say('resolve', 'meanwhile\n');
  }
  const { id } = await run.step('keep');
  const raw = await t.member.get(`${run.path}/raw?step=${id}`).expect(200);
  const [head, tail] = raw.text.split(/\n\[gap\] \d+ bytes\n/);
  const bytes = Number(/\[gap\] (\d+) bytes/.exec(raw.text)?.[1]);
  expect(head!.length + tail!.length + bytes).toBe(lines.join('').length);
  expect(lines.join('').startsWith(head!)).toBe(true);
  expect(lines.join('').endsWith(tail!)).toBe(true);
  const page = await t.member.get(`${run.path}?step=${id}`);
  expect(page.text).toContain(`[gap] ${bytes} bytes are missing here`);
  expect(page.text.match(/class="op-gap"/g)).toHaveLength(1);
});

test('[S56] the raw log is plain text, an attachment, byte for byte', async () => {
  const text = 'a\u001b[31m<script>\u001b]8;;javascript:x\u0007\r\n\u202e中文\n';
  await run.say('fetch', text);
  const { id } = await run.step('fetch');
  const raw = await t.member.get(`${run.path}/raw?step=${id}`).expect(200);
  expect(raw.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(raw.headers['x-content-type-options']).toBe('nosniff');
  expect(raw.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+\.log"$/);
  expect(raw.text).toBe(text);
  const whole = await t.member.get(`${run.path}/raw`).expect(200);
  expect(whole.text).toContain('=== fetch (pending)\n' + text);
  expect(whole.text).toContain('=== restart web2 #2 (pending)');
});

test('a search finds lines whatever their colours, and links to them', async () => {
  await run.say('prune', 'first\nthe \u001b[1mNee\u001b[0mdle <b> is here\nlast');
  const { id } = await run.step('prune');
  const page = await t.member.get(`${run.path}?step=${id}&q=needle+%3Cb`).expect(200);
  expect(page.text).toContain('Lines with “needle &lt;b”: 1.');
  const [, seq, line] = /at=(\d+)#l-(\d+-\d+)"><span class="op-clock">[\d:]+<\/span> the Needle/.exec(
    page.text,
  )!;
  const there = await t.member.get(`${run.path}?step=${id}&at=${seq}`).expect(200);
  expect(there.text).toContain(`id="l-${line}"`);
});

test("a step of another operation is not found under this one's address", async () => {
  const other = await runIn(t, shop, shop.online);
  const { id } = await other.step('build');
  await t.admin.get(`${run.path}/log?step=${id}`).expect(404);
  await t.admin.get(`${run.path}/raw?step=${id}`).expect(404);
  await t.admin.get(`${run.path}/log`).expect(404);
});
