import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import type { Gates } from './gates.ts';
import type { Visitor } from './visitor.ts';

/** Opens the deploy page, where branches and commits come by themselves. */
export async function openDeployPage(me: Visitor, project: string): Promise<void> {
  await me.follow('nav.deploy');
  await me.tab.getByRole('link', { name: 'shop', exact: true }).click();
  await me.tab.waitForURL(`/projects/${project}`);
  await me.tab.locator('#ref-names').waitFor({ state: 'attached' });
  await me.tab.locator('#changes .op-changes').waitFor();
}

/** Chooses a branch from the list of those there are; the commits that it brings are shown. */
export async function chooseBranch(me: Visitor, branch: string, subject: string): Promise<void> {
  await me.tab.locator('.op-refs summary').click();
  await me.tab.locator(`[data-ref="${branch}"]`).click();
  expect(await me.field('deploy.ref').inputValue()).toBe(branch);
  await me.tab.locator('#changes .op-changes', { hasText: subject }).waitFor();
}

/** Presses Deploy and lands on the operation's page. */
export async function deploy(me: Visitor): Promise<void> {
  await me.tab.locator('button.btn-primary[name="kind"][value="deploy"]').click();
  await me.tab.waitForURL('/operations/*');
}

/** Watches a deploy from its build to its end: the log grows, cells turn, and the page is never loaded anew. */
export async function watch(me: Visitor, gates: Gates): Promise<void> {
  const { tab } = me;
  await running(me, 'build').waitFor();
  await tab.locator('#op-log .op-line', { hasText: 'catalogue.json written' }).waitFor();
  await me.look();
  await tab.evaluate('window.loadedOnce = true');
  expect(await tab.title()).toContain('\u25cf');
  expect(await line(me, 'the oak is dry').count()).toBe(0);
  gates.open('oak');
  await line(me, 'waiting for the cedar').waitFor();
  expect(await tab.evaluate('window.loadedOnce')).toBe(true);
  await sameAfterReload(me);
  gates.open('cedar');
  await done(me, 'build').waitFor();
  await ended(me, 'good');
  expect(await tab.evaluate('window.loadedOnce')).toBe(true);
  expect(await tab.title()).toContain('\u2713');
}

/** Chooses a step that is over: its log takes the place of the other, in the colours of the terminal. */
export async function readLog(me: Visitor, step: string): Promise<void> {
  await done(me, step).click();
  await me.tab.locator('#op-log .a-fg-2', { hasText: 'ok' }).last().waitFor();
  expect(await me.tab.locator('#op-log-title').innerText()).toBe(me.t(`step.${step}`));
}

/** Waits until the operation at hand ended well or badly. */
export async function ended(me: Visitor, mood: 'good' | 'bad'): Promise<void> {
  await me.tab.locator(`#operation[data-mood="${mood}"]`).waitFor({ timeout: 60_000 });
}

/** The card of the deploy that failed: the check, the host, the program's own words; the other host is untouched. */
export async function readFailure(me: Visitor, host: string): Promise<void> {
  const card = me.tab.locator('.op-failure');
  await card.waitFor();
  const text = await card.innerText();
  expect(text).toContain(me.t('step.http'));
  expect(text).toContain(me.t('operations.on_host', { host }));
  expect(text).toContain(me.t('operations.program_log'));
  expect(text).toContain('stock: connect ECONNREFUSED');
  expect(await hostStates(me)).toEqual([
    me.t('operations.host_state.failed'),
    me.t('operations.host_state.untouched'),
  ]);
}

/** Brings the touched hosts back to what ran before, from the failed deploy's page. */
export async function rollBack(me: Visitor, host: string): Promise<void> {
  const { tab } = me;
  const failed = tab.url();
  const back = tab.locator('.op-danger', { has: tab.locator('form[action$="/rollback"]') });
  await back.locator('summary').click();
  expect(await back.locator('p').innerText()).toContain(host);
  await me.press('operations.rollback_now');
  await tab.waitForURL((url) => url.href !== failed && url.pathname.startsWith('/operations/'));
}

/** What the grid says of each host, in its order. */
export async function hostStates(me: Visitor): Promise<string[]> {
  return me.tab.locator('.op-grid thead .op-host').allInnerTexts();
}

/** Waits until the health program saw every host of the deploy page in a state, as each new load shows it. */
export async function allAre(me: Visitor, state: string): Promise<void> {
  const words = me.t(`deploy.live.${state}`);
  await until(`every host is ${state}`, async () => {
    await me.tab.reload();
    const shown = await me.tab.locator('.op-hosts td > .op-live').allInnerTexts();
    return shown.length > 0 && shown.every((text) => text.trim() === words);
  });
}

async function sameAfterReload(me: Visitor): Promise<void> {
  const before = await picture(me);
  await me.tab.reload();
  await line(me, 'waiting for the cedar').waitFor();
  expect(await picture(me)).toEqual(before);
  expect(await running(me, 'build').count()).toBe(1);
  await me.tab.evaluate('window.loadedOnce = true');
}

/** Everything that the page says but how long it took. */
async function picture(me: Visitor): Promise<Record<string, string[]>> {
  const texts = (selector: string) => me.tab.locator(selector).allTextContents();
  return {
    cells: (await me.tab.evaluate(
      "[...document.querySelectorAll('a.op-cell')].map((cell) => cell.dataset.step + ' ' + cell.className)",
    )) as string[],
    words: await texts('.op-word'),
    hosts: await texts('.op-host'),
    facts: await texts('.op-facts dd'),
    title: await texts('#op-log-title'),
    log: await texts('#op-log .op-line'),
  };
}

function line(me: Visitor, text: string): Locator {
  return me.tab.locator('#op-log .op-line', { hasText: text });
}

function running(me: Visitor, step: string): Locator {
  return me.tab.locator(`.op-cell.op-step-intent[data-title="${me.t(`step.${step}`)}"]`);
}

function done(me: Visitor, step: string): Locator {
  return me.tab.locator(`.op-cell.op-step-done[data-title="${me.t(`step.${step}`)}"]`);
}
