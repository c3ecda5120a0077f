import { expect, test } from 'vitest';
import { rulesOf } from '../../src/alarms/watch.ts';
import { readConfig } from '../../src/config.ts';
import { Fleet } from './fleet.ts';

const MINUTE = 60_000;

const rules = (env: Record<string, string>) => rulesOf(readConfig(env));

test.each([
  { every: '3600', silence: '300', after: 180 },
  { every: '30', silence: '600', after: 10 },
])(
  'a sweep each $every s is no silence before three intervals, nor before $silence s',
  async ({ every, silence, after }) => {
    const set = rules({ CEDAR_SWEEP_SECONDS: every, CEDAR_ALARM_SILENT_SECONDS: silence });
    const fleet = await Fleet.of('sqlite', { hosts: 1, projects: 2 });
    const [sick = ''] = fleet.serviceIds;
    await fleet.look('running', { [sick]: 'failed' }, {}, 2);
    await fleet.quiet((after - 2) * MINUTE);
    await fleet.pass(set);
    await fleet.doubted(2 * MINUTE);
    expect(await fleet.pass(set), 'what is bad is an alarm all the while').toMatchObject({ open: 1 });
    await fleet.look('running');
    await fleet.quiet((after - 2) * MINUTE);
    expect(await fleet.pass(set), 'and what is well ends it').toMatchObject({ opened: 0, ended: 1, open: 0 });
    await fleet.quiet(3 * MINUTE);
    await fleet.pass(set);
    await fleet.doubted(2 * MINUTE);
    expect(await fleet.pass(set)).toMatchObject({ opened: 1, open: 1 });
  },
);
