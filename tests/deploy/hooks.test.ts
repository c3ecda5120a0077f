import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { type HookPlace, type Hooks, hookPlaces } from '../../src/model/hooks.ts';
import * as operations from '../../src/store/operations.ts';
import * as steps from '../../src/store/steps.ts';
import { writing } from '../../src/store/transaction.ts';
import { Rig } from '../lab/rig.ts';
import { build, expectUntouched, fails, hostStates, running, seen, stepIs, story } from './story.ts';

let rig: Rig;
const dir = mkdtempSync(join(tmpdir(), 'cedar-hooks-'));

beforeAll(async () => {
  rig = await Rig.start();
  rig.startWorker();
});

function hook(command: string, timeoutSeconds = 20): NonNullable<Hooks[HookPlace]> {
  return { command, timeoutSeconds, repeatable: false };
}

const lines = (file: string) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.trim())
    : [];

describe.concurrent('hooks', { timeout: 180_000 }, () => {
  it('run once each, in their order, and those of the build not where nothing is built', async () => {
    const file = join(dir, 'order');
    const all = hookPlaces.map((place) => [place, hook(`echo "${place} $CEDAR_HOST" >> ${file}`)]);
    const own = await story(rig, 'order', {
      hooks: Object.fromEntries(all),
      build: build(`echo build >> ${file}`),
    });
    const { releaseId } = await own.run({ kind: 'deploy' });
    const around = ['h1', 'h2'].flatMap((host) => [
      `host-before-switch ${host}`,
      `host-after-switch ${host}`,
    ]);
    const once = ['before-build', 'build', 'after-build', 'before-switch', ...around, 'after-switch'];
    expect(lines(file)).toEqual(once);
    const again = await own.run({ kind: 'deploy' });
    const twice = [...once, 'before-switch', ...around, 'after-switch'];
    expect(lines(file)).toEqual(twice);
    const rows = await steps.ofOperation(rig.db, again.id);
    expect(rows.find((row) => row.name === 'before-build')?.state).toBe('skipped');
    await own.run({ kind: 'restart' });
    await own.run({ kind: 'fast-rollback', releaseId });
    expect(lines(file)).toEqual(twice);
    await own.run({ kind: 'rollback', releaseId });
    expect(lines(file)).toEqual([...twice, ...twice.slice(9)]);
  });

  it('that fail stop the operation at their place, and the hosts are as the card says', async () => {
    const own = await running(rig, 'failing');
    const [one, two] = own.fleet.map((host) => seen(own, host));
    const before = [await one!, await two!];
    const failing = async (place: HookPlace, code: string, states: string[]) => {
      await own.change({ hooks: { [place]: hook('echo why not; exit 7') } });
      const operation = await fails(own, { kind: 'deploy' }, code);
      expect(operation.failure).toMatchObject({ exitCode: 7, detail: { hook: place, code: 7 } });
      expect(operation.failure.stepKey).toMatch(new RegExp(`^${place}(@|$)`));
      expect(operation.failure.tail).toContain('why not');
      expect(await hostStates(own, operation)).toEqual(states);
      return operation;
    };
    own.repository.commit('next', { branch: 'failing' });
    await failing('before-build', 'hook_exit', ['untouched', 'untouched']);
    await failing('after-build', 'hook_exit', ['untouched', 'untouched']);
    await failing('before-switch', 'hook_exit', ['untouched', 'untouched']);
    await failing('host-before-switch', 'hook_host_before_exit', ['failed', 'untouched']);
    for (const host of before) await expectUntouched(own, host);
    const half = await failing('host-after-switch', 'hook_host_after_exit', ['failed', 'untouched']);
    expect(own.current(own.fleet[0]!)).toBe(half.releaseId);
    expect(half.failure.detail.host).toBe('h1');
    await expectUntouched(own, before[1]!);
    const whole = await failing('after-switch', 'hook_late_exit', ['done', 'done']);
    expect(own.fleet.map((host) => own.current(host))).toEqual([whole.releaseId, whole.releaseId]);
  });

  it('that take too long are ended, here and on a host', async () => {
    const own = await running(rig, 'slow');
    await own.change({ hooks: { 'before-switch': hook('echo begun; sleep 61.7', 1) } });
    const here = await fails(own, { kind: 'deploy' }, 'hook_timeout');
    expect(here.failure).toMatchObject({ exitCode: null, detail: { seconds: 1 } });
    await own.change({ hooks: { 'host-before-switch': hook('echo begun; sleep 61.7', 1) } });
    const there = await fails(own, { kind: 'deploy' }, 'hook_host_before_timeout');
    expect(there.failure.tail).toContain('begun');
    expect(commandLines().filter((line) => line.includes('61.7'))).toEqual([]);
  });

  it('have a clean environment, and keep secrets out of logs and lists of processes', async () => {
    const own = await story(rig, 'hushed');
    await own.changeEnv({ TOKEN: 'hushed-token-1' }, true);
    const telling = (file: string) =>
      [
        `printenv > ${join(dir, file)}`,
        'echo "the token is $TOKEN"; pwd',
        `grep -a -l -f <(printenv TOKEN) /proc/[0-9]*/cmdline > ${join(dir, file)}-argv 2>/dev/null || true`,
      ].join('\n');
    await own.change({
      hooks: {
        'before-switch': hook(telling('here')),
        'host-after-switch': hook(telling('host-$CEDAR_HOST')),
      },
    });
    const { id, releaseId, commit } = await own.run({ kind: 'deploy' });
    const log = await own.logOf(id);
    expect(log.match(/the token is \*\*\*/g)).toHaveLength(3);
    expect(log).not.toContain('hushed-token');
    const told = {
      CEDAR_PROJECT: 'test_hushed',
      CEDAR_ENVIRONMENT: 'test',
      CEDAR_COMMIT: commit,
      CEDAR_RELEASE: releaseId,
    };
    for (const [file, more] of [
      ['here', {}],
      ['host-h2', { CEDAR_HOST: 'h2', HOST: own.fleet[1]!.address }],
    ] as const) {
      const env = Object.fromEntries(lines(join(dir, file)).map((line) => line.split(/=(.*)/s).slice(0, 2)));
      expect(env).toMatchObject({
        TOKEN: 'hushed-token-1',
        CEDAR_OPERATION: id,
        CEDAR_KIND: 'deploy',
        ...told,
        ...more,
      });
      expect(Object.keys(env)).not.toContain('CEDAR_MASTER_KEY');
      expect(lines(join(dir, `${file}-argv`)).filter(Boolean)).toEqual([]);
    }
    expect(log).toContain(join(own.fleet[0]!.hostPath, '.cedar', own.project.key, 'releases', releaseId!));
  });

  it('before the switch are not halved by a cancel: it counts when they are over', async () => {
    const own = await running(rig, 'cancelled');
    const before = await seen(own, own.fleet[0]!);
    const [begun, go] = [join(dir, 'cancel-begun'), join(dir, 'cancel-go')];
    const waiting = `touch ${begun}; while [ ! -e ${go} ]; do sleep 0.05; done; touch ${begun}-over`;
    await own.change({ hooks: { 'before-switch': hook(waiting) } });
    const { id } = await own.launch({ kind: 'deploy' });
    await until('the hook runs', () => existsSync(begun), 30_000);
    await writing(rig.db, (trx) => operations.requestCancel(trx, id, 'tester'));
    await stepIs(own, id, 'before-switch', ['intent']);
    writeFileSync(go, '');
    expect(await own.ended(id)).toMatchObject({ state: 'cancelled' });
    expect(existsSync(`${begun}-over`)).toBe(true);
    await expectUntouched(own, before);
  });
});

function commandLines(): string[] {
  const read = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
      throw error;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(read);
}
