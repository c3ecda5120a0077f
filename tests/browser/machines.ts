import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import type { Visitor } from './visitor.ts';

/** The worker's public key, copied from its page. */
export async function copyKey(me: Visitor): Promise<string> {
  await me.follow('nav.keys');
  await me.field('keys.public').waitFor();
  await me.look();
  return me.field('keys.public').inputValue();
}

export async function addEnvironment(me: Visitor, name: string): Promise<void> {
  await me.follow('nav.environments');
  await me.reads('environments.none');
  await me.look();
  await me.follow('environments.new');
  await me.fill('environments.name', name);
  await me.look();
  await me.field('environments.production_label').check();
  await me.press('common.save');
  await me.reads('environments.added', { name });
  await me.look();
}

export async function addGroup(me: Visitor, name: string): Promise<void> {
  await me.follow('nav.groups');
  await me.reads('groups.none');
  await me.look();
  await me.fill('groups.name', name);
  await me.press('groups.add');
  await me.reads('groups.added', { name });
  await me.tab.getByRole('link', { name, exact: true }).click();
  await me.reads('groups.no_members');
  await me.look();
}

/** Accepts the key of a git server, having compared it. */
export async function acceptGitServer(me: Visitor, url: string, hostKey: string): Promise<void> {
  await me.follow('nav.git-servers');
  await me.reads('git-servers.none');
  await me.look();
  await me.fill('git-servers.url', url);
  await me.press('hosts.look');
  await compare(me, hostKey);
  await me.look();
  await me.press('hosts.pin');
  await me.tab.waitForURL('/git-servers');
  await me.tab.getByText(fingerprintOf(hostKey)).waitFor();
  await me.look();
}

/** Adds a machine, accepts its key, and has each of its settings tried: all must be well. */
export async function addHost(me: Visitor, host: FleetHost, name: string): Promise<void> {
  await me.follow('nav.hosts');
  await me.look();
  await me.follow('hosts.new');
  await me.fill('hosts.address', host.address);
  await me.fill('hosts.name', name);
  for (const [setting, value] of Object.entries(typed(host)))
    await me.fill(`hosts.settings.${setting}`, value);
  await me.look('new host');
  await me.press('hosts.add');
  await compare(me, host.hostKey);
  await me.look('key of a host');
  await me.press('hosts.pin');
  await me.reads('hosts.check.supervisor_reread');
  await me.look('test of a host');
  const outcomes = await me.tab.locator('#answer tbody td:nth-child(2)').allInnerTexts();
  expect(outcomes.map((text) => text.trim())).toEqual(outcomes.map(() => me.t('hosts.ok')));
  expect(outcomes.length).toBeGreaterThan(8);
}

/** The machine's page, which by now knows what the health program saw. */
export async function lookAtHost(me: Visitor, name: string, project: string): Promise<void> {
  await me.follow('nav.hosts');
  await me.tab.getByRole('link', { name: project, exact: true }).first().waitFor();
  await me.look();
  await me.tab.getByRole('link', { name, exact: true }).click();
  await me.reads('hosts.test');
  await me.look();
}

async function compare(me: Visitor, hostKey: string): Promise<void> {
  await me.button('hosts.pin').waitFor();
  expect(await me.tab.locator('.set-print').innerText()).toBe(fingerprintOf(hostKey));
}

/** As `ssh-keygen -l` prints it. */
function fingerprintOf(hostKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(hostKey, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

function typed(host: FleetHost): Record<string, string> {
  const { sshUser, sshPort, hostPath, logPath, supervisorDir, supervisorSocket, supervisorctl } =
    host.settings();
  return {
    ...{ sshUser, sshPort: String(sshPort), hostPath, logPath, supervisorDir, supervisorSocket },
    supervisorctl: supervisorctl.join(' '),
  };
}
