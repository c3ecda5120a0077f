import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Sweep } from '../../src/health/sweep.ts';
import type { Project } from '../../src/model/project.ts';
import * as environments from '../../src/store/environments.ts';
import { hostStates } from '../../src/store/host-states.ts';
import * as hosts from '../../src/store/hosts.ts';
import * as placements from '../../src/store/placements.ts';
import { addProject } from '../store/inventory.ts';
import { reachableHost } from '../supervisor/host.ts';
import { type Town, town } from '../web/people.ts';

const HOUR = 3_600_000;

describe('a real machine without supervisor', async () => {
  const { machine, pool, host } = await reachableHost();
  let t: Town;
  let hostId = '';
  let sweep: Sweep;
  beforeAll(async () => {
    await machine.stopSupervisor();
    t = await town();
    await environments.add(t.db, { name: 'test', production: false, position: 1, settings: {} });
    const none = { supervisorSocket: '/nowhere/supervisor.sock', supervisorctl: ['/nowhere/supervisorctl'] };
    const settings = { ...host.settings, ...none, supervisorPassword: '' };
    const draft = { name: machine.name, address: machine.address, settings, notes: null };
    hostId = (await hosts.add(t.db, draft)).id;
    await hosts.pin(t.db, hostId, { key: machine.hostKey, fingerprint: 'SHA256:x', by: 'alice' });
    await place('site', 'static');
    mkdirSync(join(machine.hostPath, 'test_site'), { recursive: true });
    sweep = new Sweep({ db: t.db, pool, vault: t.vault, deadlineMs: 5000, intervalMs: HOUR });
  });
  afterAll(async () => {
    await sweep.stop();
    await t.end();
  });

  async function place(name: string, type: Project['type']): Promise<void> {
    const project = await addProject(t.db, t.groupId, { name, type, port: null });
    await placements.add(t.db, { projectId: project.id, hostId, processes: 1, env: [] });
  }

  /** Looks at it; gives how its machine is known then, and how the page tells of a project there. */
  async function look(project: string) {
    await t.db('host_states').update({ next_at: 0 });
    await sweep.pass();
    await sweep.settled();
    const { text } = await t.member.get(`/projects/${project}/health`).expect(200);
    const [, shown] = /data-live="[0-9A-Z]+">\s*<p[^>]*>([\s\S]*?)<\/p>/.exec(text) ?? [];
    return { machine: (await hostStates(t.db, HOUR)).get(hostId), shown };
  }

  const page = async () => (await t.member.get(`/hosts/${hostId}/health`).expect(200)).text;

  test('is SSHOK while it answers: nothing there needs any', async () => {
    const seen = await look('test_site');
    expect(seen.machine).toMatchObject({ reachable: 'yes', supervisor: 'none', message: null });
    expect(seen.shown).toContain('reachable (SSHOK)');
    expect(await page()).toContain('no supervisor in use');
  });

  test('is SSHFAIL, as what is there, when it does not', async () => {
    await machine.stopSshd();
    try {
      const seen = await look('test_site');
      expect(seen.machine).toMatchObject({ reachable: 'no', supervisor: 'unknown' });
      expect(seen.shown).toContain('unreachable (SSHFAIL)');
      expect(await page()).toMatch(/id="machine"[\s\S]*unreachable \(SSHFAIL\)/);
    } finally {
      await machine.startSshd();
    }
    expect((await look('test_site')).shown).toContain('reachable (SSHOK)');
  });

  test('is not SSHOK for a program that supervisor should run: of that nothing is known', async () => {
    await place('job', 'sh');
    const seen = await look('test_job');
    expect(seen.machine).toMatchObject({
      reachable: 'yes',
      supervisor: 'none',
      message: 'supervisor_missing',
    });
    expect(seen.shown).toContain('supervisor silent');
    expect(seen.shown).toContain('Supervisor is not installed on the host, or not found.');
    expect(seen.shown).not.toContain('SSHOK');
    expect((await look('test_site')).shown).toContain('reachable (SSHOK)');
    expect(await page()).toContain('no supervisor in use');
  });
});
