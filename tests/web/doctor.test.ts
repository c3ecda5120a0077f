import { ulid } from 'ulid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MachineReport } from '../../src/model/machine-report.ts';
import * as workers from '../../src/store/workers.ts';
import { type Town, town } from './people.ts';

let t: Town;
beforeAll(async () => {
  t = await town();
});
afterAll(() => t.end());

async function tells(machine: string, user: string, isolation: MachineReport['isolation']): Promise<void> {
  const about = { user, isolation, versions: { git: '2.43.1', rsync: '' } };
  await workers.register(t.db, { id: ulid(), kind: 'worker', machine, pid: 1 }, about);
}

test('[S52] the doctor’s page shows admins which isolation is in force, strong or weak, with the remedy', async () => {
  expect((await t.admin.get('/doctor').expect(200)).text).toContain('No worker runs');
  await tells('one', 'root', { kind: 'user', strong: true });
  const strong = (await t.admin.get('/doctor')).text;
  expect(strong).toContain('Builds: strong isolation');
  expect(strong).toContain('2.43.1');
  expect(strong).toContain('not there');
  expect(strong).not.toContain('weak isolation');
  await tells('two', 'root', { kind: 'none', strong: false });
  await tells('three', 'deploy', { kind: 'none', strong: false });
  const weak = (await t.admin.get('/doctor')).text;
  expect(weak).toContain('Builds: weak isolation');
  expect(weak).toContain('CEDAR_BUILD_USER');
  expect(weak).toContain('Install bubblewrap');
  await t.member.get('/doctor').expect(403);
});
