import { expect } from 'vitest';
import type { Visitor } from './visitor.ts';

export const password = 'a board of cedar, planed';

/** Makes the first administrator by the one-time link, who is signed in by that, and signs in again. */
export async function becomeAdmin(me: Visitor, link: string): Promise<void> {
  await me.tab.goto(link);
  await me.look();
  await me.fill('people.username', 'amy');
  await me.fill('people.display_name', 'Amy');
  await me.fill('people.new_password', password);
  await me.fill('people.password_again', password);
  await me.press('setup.submit');
  await me.reads('setup.done');
  await me.look();
  await me.press('common.sign_out');
  await me.tab.waitForURL('/sign-in');
  await me.look();
  await me.signIn('amy', password);
  await me.tab.goto(link);
  await me.reads('error.link_ended');
  await me.expectError('404');
}

/** Adds an account; with a group, as a member who may neither configure nor deploy to production there. */
export async function addPerson(me: Visitor, username: string, group?: string): Promise<void> {
  await me.follow('nav.people');
  await me.look('people');
  await me.fill('people.username', username);
  await me.fill('people.display_name', username);
  await me.fill('people.new_password', password);
  await me.fill('people.password_again', password);
  await me.press('people.add');
  await me.reads('people.added', { name: username });
  if (!group) return;
  await me.look();
  await me.tab.getByLabel(`${group}: ${me.t('people.member')}`, { exact: true }).check();
  await me.tab.locator('form[action$="/grants"]').getByRole('button').click();
  await me.reads('common.saved');
}

/** What somebody sees who may look at the project and not deploy it. */
export async function lookAsMember(member: Visitor, project: string): Promise<void> {
  await member.signIn('li', password);
  await member.look();
  await member.follow('nav.projects');
  await member.look();
  await member.tab.getByRole('link', { name: 'shop', exact: true }).click();
  await member.reads('deploy.may_not');
  await member.look();
  const { tab } = member;
  expect(await tab.locator('main').getByRole('button').count()).toBe(0);
  expect(await tab.locator('main a[href^="/hosts"], main a[href$="/settings"]').count()).toBe(0);
  await tab.locator('.list-group a[href^="/operations/"]', { hasText: 'broken-health' }).click();
  await tab.locator('.op-failure').waitFor();
  await member.look();
  expect(await tab.locator('.op-actions, form[action^="/operations/"][method="post"]').count()).toBe(0);
  await tab.goto(`/projects/${project}/settings`);
  await member.reads('error.forbidden');
  await member.look();
  await member.expectError('403');
}

/** What somebody sees who is in no group: nothing, and nothing of what there is. */
export async function lookAsOutsider(outsider: Visitor, project: string): Promise<void> {
  await outsider.signIn('wang', password);
  await outsider.look();
  await outsider.follow('nav.projects');
  await outsider.reads('projects.none_other');
  await outsider.look();
  await outsider.follow('nav.deploy');
  await outsider.reads('deploy.no_projects');
  await outsider.look();
  await outsider.follow('nav.history');
  await outsider.reads('operations.none');
  await outsider.look();
  await outsider.follow('nav.groups');
  await outsider.reads('groups.none_other');
  await outsider.look();
  expect(await outsider.tab.locator('nav a[href="/hosts"], nav a[href="/people"]').count()).toBe(0);
  expect(await outsider.tab.content()).not.toContain('storefront');
  await outsider.tab.goto(`/projects/${project}`);
  await outsider.reads('error.not_found');
  await outsider.look();
  await outsider.expectError('404');
}
