import type { Visitor } from './visitor.ts';

/** A window for an environment that is shut now, in the zone of all: it opens in two days. */
export async function shut(me: Visitor, environment: string): Promise<void> {
  await me.follow('nav.windows');
  await me.follow('windows.add');
  await me.field('windows.on').selectOption({
    label: me.t('windows.scope.environment', { name: environment }),
  });
  await me.field('windows.zone').selectOption('UTC');
  await me.fill('windows.hours', `${weekdayIn(2)} 10:00-11:30`);
  await me.press('common.save');
  await me.reads('common.saved');
  await me.look();
}

/** The same window, open at any time from now on. */
export async function open(me: Visitor, environment: string): Promise<void> {
  await me.follow('nav.windows');
  await me.tab
    .getByRole('link', { name: me.t('windows.scope.environment', { name: environment }), exact: true })
    .click();
  await me.fill('windows.hours', 'daily 00:00-24:00');
  await me.press('common.save');
  await me.reads('common.saved');
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function weekdayIn(days: number): string {
  return weekdays[new Date(Date.now() + days * 86_400_000).getUTCDay()]!;
}
