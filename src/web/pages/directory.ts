import { ulid } from 'ulid';
import { z } from 'zod';
import { testServers } from '../../auth/ldap/connection-test.ts';
import type { Directory } from '../../auth/ldap/directory.ts';
import { DirectoryAway } from '../../auth/ldap/directory-away.ts';
import { isDn, isDnText } from '../../auth/ldap/name.ts';
import { record } from '../../store/audit.ts';
import * as directoryCheck from '../../store/directory-check.ts';
import * as directoryGroups from '../../store/directory-groups.ts';
import * as groups from '../../store/groups.ts';
import { isDuplicate, writing } from '../../store/transaction.ts';
import { attempt } from '../directory/attempt.ts';
import { shownSettings } from '../directory/shown-settings.ts';
import { unconfirmed } from '../directory/unconfirmed.ts';
import { checkbox, line } from '../form.ts';
import type { Page } from '../page.ts';
import { get, post } from '../route.ts';

export const routes = [
  get('/directory', 'admin', show),
  post('/directory/groups', 'admin', add, show),
  post('/directory/groups/:mapping/delete', 'admin', remove, show),
  post('/directory/test', 'admin', test, show),
  post('/directory/try', 'admin', tryName, show),
];

const groupForm = z.object({ name: line(500), gives: line(26), config: checkbox, deploy: checkbox });
const nameForm = z.object({ username: line(64) });
const nothing = z.object({});

async function show(page: Page): Promise<void> {
  await showWith(page, {});
}

async function showWith(page: Page, results: Record<string, unknown>): Promise<void> {
  const fields = page.fields({ name: '', gives: 'admin', config: false, deploy: false, username: '' });
  const all = await groups.all(page.db);
  const gifts = [{ value: 'admin', label: page.t('people.role_admin') }].concat(
    all.map(({ id, name }) => ({ value: id, label: name })),
  );
  await page.render('directory/show', {
    ...{ tests: null, tried: null, ...results },
    ...{ fields, gifts, problems: page.problems(fields) },
    groupNames: new Map(all.map(({ id, name }) => [id, name])),
    isSet: page.req.app.locals.directory !== null,
    settings: shownSettings(page.settings),
    check: await directoryCheck.last(page.db),
    unconfirmed: await unconfirmed(page.db),
    mappings: await directoryGroups.all(page.db),
  });
}

async function add(page: Page): Promise<void> {
  const { name, gives, config, deploy } = page.form(groupForm);
  if (isDn(name) && !isDnText(name)) page.refuse({ field: 'name', code: 'directory_dn' });
  const admin = gives === 'admin';
  if (!admin && !(await groups.byId(page.db, gives))) page.refuse({ field: 'gives', code: 'choice' });
  const gift = admin ? { groupId: null, config: false, deploy: false } : { groupId: gives, config, deploy };
  const mapping = { id: ulid(), name, admin, ...gift };
  try {
    await writing(page.db, async (trx) => {
      await directoryGroups.add(trx, mapping);
      const object = `directory-group:${mapping.id}`;
      await record(trx, page.audit({ action: 'directory.group_add', object, after: mapping }));
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    page.refuse({ field: 'name', code: 'taken' });
  }
  page.redirect('/directory', { key: 'directory.group_added', detail: { name } });
}

async function remove(page: Page): Promise<void> {
  page.form(nothing);
  const mapping = (await directoryGroups.byId(page.db, page.param('mapping'))) ?? page.notFound();
  await writing(page.db, async (trx) => {
    await directoryGroups.remove(trx, mapping.id);
    const object = `directory-group:${mapping.id}`;
    await record(trx, page.audit({ action: 'directory.group_remove', object, before: mapping }));
  });
  page.redirect('/directory', { key: 'directory.group_removed', detail: { name: mapping.name } });
}

async function test(page: Page): Promise<void> {
  page.form(nothing);
  await showWith(page, { tests: await testServers(directoryOf(page).settings) });
}

async function tryName(page: Page): Promise<void> {
  const { username } = page.form(nameForm);
  const said = await attempt(page.db, directoryOf(page), username).catch((error: unknown) => {
    if (error instanceof DirectoryAway) return { is: 'away', why: error.why };
    throw error;
  });
  await showWith(page, { tried: { name: username, ...said } });
}

function directoryOf(page: Page): Directory {
  const directory = page.req.app.locals.directory as Directory | null;
  return directory ?? page.refuse({ field: '', code: 'directory_none' });
}
