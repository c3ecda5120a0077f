import type { Environment } from '../../model/environment.ts';
import type { Host } from '../../model/host.ts';
import { type HostSettings, settingsInForce } from '../../model/host-settings.ts';
import * as environments from '../../store/environments.ts';
import * as hosts from '../../store/hosts.ts';
import type { Page } from '../page.ts';

/** The host that the path names; 404 where there is none. */
export async function hostOf(page: Page): Promise<Host> {
  return (await hosts.byId(page.db, page.param('host'))) ?? page.notFound();
}

/** What is in force on the host for projects of an environment; the defaults where none is named. */
export async function inForce(page: Page, host: Host, name: string | null): Promise<HostSettings> {
  const environment: Environment | null = name ? await environments.byName(page.db, name) : null;
  if (name && !environment) page.notFound();
  return settingsInForce(environment?.settings ?? {}, host.settings);
}
