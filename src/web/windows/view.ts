import * as freezes from '../../store/freezes.ts';
import * as windows from '../../store/windows.ts';
import type { Page } from '../page.ts';
import { calendarOf } from './calendar.ts';
import { named, scopeChoices } from './scopes.ts';

/** The windows page: what holds, for everybody; admins may change it. */
export async function windowsModel(page: Page): Promise<Record<string, unknown>> {
  const choices = await scopeChoices(page);
  const sets = named(page, await windows.all(page.db), choices);
  const ahead = named(page, await freezes.endingAfter(page.db, Date.now()), choices);
  const rules = await windows.rules(page.db);
  const kinds = rules.kinds.map((kind) => page.t(`kind.${kind}`)).join(', ');
  return { sets, freezes: ahead, kinds, calendar: await calendarOf(page, sets, choices) };
}
