import { expect, test } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { translator } from '../../src/i18n/index.ts';
import type { Language } from '../../src/i18n/language.ts';
import { TicketTown } from './ticket-town.ts';
import * as tickets from './tickets.ts';
import type { Visitor } from './visitor.ts';
import * as windows from './windows.ts';

type People = { dora: Visitor; piet: Visitor; amy: Visitor };

test.each(['en', 'zh-CN'] as const)(
  'a ticket of three people from its filing to its end, in %s',
  async (language) => {
    const town = await TicketTown.found(language);
    await town.tells(async () => {
      const people = await come(town, language);
      await windows.shut(people.amy, 'test');
      const path = await filed(town, people);
      await decided(town, people, path);
      await shutOut(people);
      await windows.open(people.amy, 'test');
      await carriedOut(town, people, path);
      await linked(people, path);
      await turnedDown(people);
      await heard(town, language);
    });
    expect(town.complaints).toEqual([]);
  },
  300_000,
);

async function come(town: TicketTown, language: Language): Promise<People> {
  const enter = (name: keyof People) => town.visitor(name, language);
  const [dora, piet, amy] = await Promise.all([enter('dora'), enter('piet'), enter('amy')]);
  return { dora, piet, amy };
}

/** Somebody without a grant files; the approver finds it at home and sees what it brings. */
async function filed({ projects }: TicketTown, { dora, piet }: People): Promise<string> {
  const path = await tickets.file(dora, [projects.shop.key, projects.pay.key], 'new prices');
  await tickets.tells(dora, 'filed', 'Dora', 'new prices');
  await tickets.part(dora, projects.pay.key).locator('dd code').nth(2).waitFor();
  expect(await dora.tab.locator('main details').count()).toBe(0);
  await dora.look();
  await piet.follow('nav.home');
  await piet.reads('tickets.for_me');
  await piet.tab.getByRole('link', { name: 'new prices' }).first().click();
  await piet.tab.waitForURL(path);
  const shop = tickets.part(piet, projects.shop.key);
  await shop.getByText('Release v2').first().waitFor();
  for (const fold of await shop.locator('details').all()) await fold.locator('summary').click();
  await shop.getByText('prices.txt').waitFor();
  return path;
}

/** A branch that moves changes nothing; other configuration takes the approval back, and it is given again. */
async function decided({ rig, projects }: TicketTown, { dora, piet, amy }: People, path: string) {
  const frozen = await commitOf(piet, projects.shop.key);
  await tickets.approve(piet, 'go ahead');
  await piet.look();
  await tickets.isIn(dora, 'approved');
  rig.repository.commit('v3', {});
  await amy.tab.goto(`/projects/${projects.shop.key}/variables`);
  await amy.fill('projects.variables_label', 'FLAVOUR=plum');
  await amy.press('common.save');
  await amy.reads('common.saved');
  await tickets.tells(piet, 'fell', piet.t('tickets.by_itself'));
  await tickets.isIn(dora, 'waiting');
  expect(await tickets.runButton(dora, projects.shop.key).count()).toBe(0);
  expect(await commitOf(piet, projects.shop.key)).toBe(frozen);
  const changed = tickets.part(piet, projects.shop.key).locator('details', { hasText: 'variable FLAVOUR' });
  await changed.locator('summary').click();
  await changed.getByText(piet.t('tickets.configuration_what.came')).waitFor();
  await tickets.approve(piet, 'with plums');
  expect(piet.path).toBe(path);
}

/** Outside the window its applicant is told until when. */
async function shutOut({ dora }: People): Promise<void> {
  await tickets.isIn(dora, 'approved');
  await tickets.runButton(dora, 'test_shop').click();
  const told = dora.tab.locator('main [role="alert"]');
  await told.waitFor();
  expect(await told.innerText()).toMatch(/10:00/);
  await dora.expectError('409');
}

/** Inside the window its applicant runs the first project, and the admin the second, by one click. */
async function carriedOut({ rig, projects }: TicketTown, { dora, amy }: People, path: string) {
  await tickets.runButton(dora, 'test_shop').click();
  await dora.tab.waitForURL(path);
  await tickets.tells(dora, 'started', 'Dora');
  await tickets.runButton(dora, projects.pay.key).waitFor({ timeout: 60_000 });
  await tickets.find(amy, 'open', 'new prices');
  await amy.follow('tickets.to_deploy');
  await amy.tab.waitForURL((url) => url.pathname === `/projects/${projects.pay.key}`);
  expect(await amy.field('deploy.reason').inputValue()).toBe('new prices');
  expect(await amy.field('deploy.ref').inputValue()).toBe('main');
  expect(await amy.tab.locator('input[name="hosts"]:checked').count()).toBe(1);
  await amy.look();
  await amy.tab.locator('button.btn-primary[name="kind"][value="deploy"]').click();
  await amy.tab.waitForURL('/operations/*');
  await amy.tab.locator('#operation[data-mood="good"]').waitFor({ timeout: 60_000 });
  await tickets.isIn(dora, 'done');
  const [host] = rig.fleet;
  for (const { port } of [projects.shop, projects.pay])
    expect(await (await fetch(`http://${host!.address}:${port}/`)).text()).toBe('v2\n');
  const said = ['filed', 'frozen', 'frozen', 'approved', 'fell', 'approved', 'started', 'part-done'];
  const words = [...said, 'started', 'done'].map((action) => dora.t(`tickets.event.${action}`));
  expect(await tickets.happened(dora)).toEqual(words);
}

/** Operation → ticket → operation, release → deploy page → ticket: each is a link that leads there. */
async function linked({ amy }: People, path: string): Promise<void> {
  const operation = amy.path;
  await amy.follow('tickets.to_ticket');
  await amy.tab.waitForURL(path);
  await amy.look();
  await amy.tab.locator(`dd a[href="${operation}"]`).click();
  await amy.tab.waitForURL(operation);
  await amy.tab.locator('.op-facts a[href*="?release="]').click();
  await amy.tab.waitForURL(/\?release=/);
  await amy.tab.locator('.op-releases label', { has: amy.tab.locator(':checked') }).waitFor();
  await amy.tab.locator(`.op-releases a[href="${path}"]`).first().click();
  await amy.tab.waitForURL(path);
}

/** A second one is refused with a reason that its applicant reads, a third withdrawn; both are found among the done. */
async function turnedDown({ dora, piet }: People): Promise<void> {
  await tickets.file(dora, ['test_shop'], 'on Friday');
  await tickets.find(piet, 'open', 'on Friday');
  await piet.fill('tickets.why_refuse', 'nothing on Fridays');
  await piet.press('tickets.refuse');
  await tickets.isIn(dora, 'refused');
  await tickets.tells(dora, 'refused', 'Piet', 'nothing on Fridays');
  await tickets.file(dora, ['test_shop'], 'by mistake');
  await dora.press('tickets.withdraw');
  await dora.press('common.confirm');
  await tickets.isIn(dora, 'withdrawn');
  await tickets.find(dora, 'closed', 'on Friday');
  await tickets.isIn(dora, 'refused');
}

/** The chat was told in the installation's language, with links to where the ticket is read. */
async function heard({ robot, programs, projects }: TicketTown, language: Language): Promise<void> {
  const t = translator(language);
  const both = { projects: `${projects.shop.key}, ${projects.pay.key}`, applicant: 'Dora', by: 'Piet' };
  const told = () => robot.received.map(({ text }) => text.replaceAll('\\', '')).join('\n');
  const one = { ...both, projects: projects.shop.key };
  const expected = [
    ...['filed', 'approved', 'fell', 'done'].map((action) => t(`notice.ticket.${action}`, both)),
    ...['refused', 'withdrawn'].map((action) => t(`notice.ticket.${action}`, one)),
    `](${programs.address}/tickets/`,
  ];
  for (const text of expected) await until(`the chat hears ${text}`, () => told().includes(text));
}

async function commitOf(me: Visitor, key: string): Promise<string> {
  return (await tickets.part(me, key).locator('dd code[title]').first().getAttribute('title')) ?? '';
}
