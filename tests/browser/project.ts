import { expect } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import type { Visitor } from './visitor.ts';

/** Adds the shop to an environment; its git address is mistyped first. */
export async function addProject(me: Visitor, gitUrl: string, port: number): Promise<void> {
  await me.follow('nav.projects');
  await me.look();
  await me.follow('projects.new');
  await me.reads('type.nodejs.about');
  await me.fill('projects.name', 'shop');
  await me.fill('projects.git_url', 'ext::sh -c id');
  await me.fill('projects.port', String(port));
  await me.fill('projects.command', 'node build.js');
  await me.look();
  await me.press('projects.add');
  await me.tab.locator('#f-gitUrl[aria-invalid="true"]').waitFor();
  await me.expectError('422');
  expect(await me.tab.locator('#f-gitUrl-note .invalid-feedback').innerText()).toBe(
    me.t('field.git_url_shape'),
  );
  expect(await me.tab.locator('.invalid-feedback').count()).toBe(1);
  expect(await me.field('projects.git_url').inputValue()).toBe('ext::sh -c id');
  expect(await me.field('projects.name').inputValue()).toBe('shop');
  expect(await me.field('projects.port').inputValue()).toBe(String(port));
  expect(await me.field('projects.command').inputValue()).toBe('node build.js');
  await me.look();
  await me.fill('projects.git_url', gitUrl);
  await me.press('projects.add');
  await me.reads('projects.no_hosts');
  await me.look();
}

/** The generated program, shown before anything is placed anywhere; a wrong one is not kept. */
export async function previewTemplate(me: Visitor): Promise<void> {
  await me.follow('projects.tab.template');
  await me.reads('projects.preview_good');
  expect(await me.tab.locator('.set-program').innerText()).toContain('[program:online_shop]');
  await me.look();
  const template = await me.field('projects.template').inputValue();
  await me.fill('projects.template', `${template}\nuser=root\n`);
  await me.press('projects.preview');
  await me.reads('projects.preview_bad');
  await me.look();
  await me.press('common.save');
  await me.tab.locator('#f-template[aria-invalid="true"]').waitFor();
  await me.expectError('422');
  await me.look();
}

/** Places the project on a host, where it listens on the host's own address. */
export async function place(me: Visitor, host: FleetHost, name: string, processes: number): Promise<void> {
  await me.tab
    .locator('.set-tabs')
    .getByRole('link', { name: me.t('projects.tab.hosts') })
    .click();
  await me.field('projects.host').selectOption({ label: name });
  await me.fill('projects.processes', String(processes));
  await me.press('projects.place');
  await me.tab.getByRole('button', { name: me.t('ops.look_there') }).waitFor({ timeout: 30_000 });
  await me.look('placed');
  await me.press('ops.look_there');
  await me.reads('projects.adoption_none', { host: name });
  await me.look('adoption');
  await me.follow('projects.to_hosts');
  await me.tab.locator('td a', { hasText: name }).click();
  await me.look('placement');
  await me.follow('projects.edit_variables');
  await me.fill('projects.variables_label', `HOST=${host.address}`);
  await me.press('common.save');
  await me.reads('common.saved');
  await me.look('variables');
}
