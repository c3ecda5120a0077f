import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import type { HostSettings } from '../../src/model/host-settings.ts';
import { typeOf } from '../../src/project-types/index.ts';
import * as hosts from '../../src/store/hosts.ts';
import { startingSettings } from '../../src/web/setup/project-form.ts';
import { crontabCommand, crontabNow, runAsCron, setCrontab } from '../lab/crontab.ts';
import { killedAt } from '../lab/killed-at.ts';
import { Rig } from '../lab/rig.ts';
import { SampleRepository } from '../lab/sample-app.ts';
import { placementNow } from '../lab/seen-now.ts';
import type { WorkerProcess } from '../lab/worker-process.ts';
import { fails } from './story.ts';

let rig: Rig;
let host: FleetHost;
let worker: WorkerProcess;

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
  host = rig.fleet[0]!;
  await crontabIs(crontabCommand);
  worker = rig.startWorker();
});
beforeEach(() => setCrontab(''));

const crontabIs = (crontab: string[]) => hostHas({ crontab });

async function hostHas(settings: Partial<HostSettings>): Promise<void> {
  const [id] = rig.hostIds as [string];
  const known = (await hosts.byId(rig.db, id))!;
  await hosts.update(rig.db, id, { ...known, settings: { ...known.settings, ...settings } });
}

/** A sudo whose rules allow a user three programs; whoever is not root cannot give files away. */
const sudoFor = (user: string, log: string) => `#!/bin/sh
echo "$*" >>${log}
[ "$1" = -n ] && shift
case $1 in install | mv | rm) ;; *) echo "sudo: a password is required" >&2; exit 1 ;; esac
[ "$(id -u)" -ne 0 ] || exec "$@"
program=$1
shift
exec "$program" $(printf '%s\\n' "$@" | sed 's/^root$/${user}/')
`;

const OTHERS = '# \xe4 comment of \xff others\nMAILTO=ops\n\n17 *\t* * *   echo "50%" %input\n';

async function job(name: string, code: SampleRepository, schedule: string): Promise<Rig> {
  const own: Rig = Object.create(rig);
  const settings = { ...startingSettings(typeOf('job')), options: { schedule } };
  await own.addProject(name, settings, 1, { type: 'job', gitUrl: code.url, port: null });
  return own;
}

/** The lines of the crontab that cron would run for a project. */
const linesOf = (own: Rig) =>
  crontabNow()
    .split('\n')
    .filter((line) => line.includes(`/.cedar/${own.project.key}/job/run`) && !line.startsWith('#'));

describe('a job project', () => {
  it('runs by its line in the release and with its variables; is updated, broken, rolled back, stopped and restarted', async () => {
    setCrontab(OTHERS);
    const code = new SampleRepository();
    const out = join(host.dir, 'out');
    const command = `echo "$(cat version) $GREETING $(date +%Y | wc -c) 'q' \\%" >>"$OUT"`;
    const own = await job('report', code, `5  0 1 1 *  ${command}\n\n@yearly  exit 3`);
    await own.changeEnv({ GREETING: `it's 100% \`id\` $HOME`, OUT: out }, true);
    const first = await own.run({ kind: 'deploy' });
    const block = crontabNow().slice(OTHERS.length);
    expect(crontabNow().slice(0, OTHERS.length)).toBe(OTHERS);
    expect(block).toContain(`# BEGIN CedarDeploy ${host.hostPath}/test_report\n`);
    expect(statSync(join(host.hostPath, '.cedar/test_report/job/env')).mode & 0o077).toBe(0);
    expect(await placementNow(own)).toMatchObject({
      state: 'reachable',
      release: first.releaseId,
      processes: [{ message: 'job_waiting' }, { message: 'job_waiting' }],
    });
    const [tick = '', sick = ''] = linesOf(own);
    expect(tick).toMatch(/^5 0 1 1 \* /);
    expect(sick).toMatch(/^@yearly /);
    expect(runAsCron(tick, host.dir)).toEqual({ code: 0, output: '' });
    const said = (version: string) => `${version} it's 100% \`id\` $HOME 5 'q' \\%\n`;
    expect(readFileSync(out, 'utf8')).toBe(said('v1'));
    expect((await placementNow(own)).processes[0]).toMatchObject({ state: 'reachable', message: 'job_done' });
    expect((await placementNow(own)).processes[0]!.since).toBeGreaterThan(Date.now() - 30_000);

    code.commit('v2', {});
    await own.run({ kind: 'deploy' });
    expect(linesOf(own)).toEqual([tick, sick]);
    runAsCron(tick, host.dir);
    expect(readFileSync(out, 'utf8')).toBe(said('v1') + said('v2'));

    expect(runAsCron(sick, host.dir).code).toBe(3);
    expect(await placementNow(own)).toMatchObject({ state: 'failed', message: 'exit status 3' });
    await own.change({ options: { schedule: `6 0 1 1 * ${command}` } });
    await own.run({ kind: 'rollback', releaseId: first.releaseId });
    expect(linesOf(own)).toHaveLength(1);
    runAsCron(linesOf(own)[0]!, host.dir);
    expect(readFileSync(out, 'utf8')).toBe(said('v1') + said('v2') + said('v1'));
    expect(await placementNow(own)).toMatchObject({ state: 'reachable', message: 'job_done' });
    expect(readFileSync(join(host.logPath, 'test_report/job.log'), 'utf8')).toMatch(/ ends with 3\n/);

    await own.run({ kind: 'stop' });
    expect(crontabNow()).toBe(OTHERS);
    expect(await placementNow(own)).toMatchObject({ state: 'stopped', message: 'job_absent' });
    ({ worker } = await killedAt(own, worker, 'schedule@h1:done', { kind: 'restart' }));
    expect(linesOf(own)).toHaveLength(1);
    await own.run({ kind: 'stop' });
  });

  it('leaves the blocks of other projects alone, at one time too, and nothing where nothing was', async () => {
    const code = new SampleRepository();
    const all = await Promise.all(
      ['one', 'two', 'three'].map((name) => job(name, code, `1 2 3 4 * ${name}`)),
    );
    await Promise.all(all.map((own) => own.run({ kind: 'deploy' })));
    expect(all.map((own) => linesOf(own).length)).toEqual([1, 1, 1]);
    await Promise.all(all.map((own) => own.run({ kind: 'stop' })));
    expect(crontabNow()).toBe('');
  });

  it('tells a run that was killed, and one that goes on, from one that ended', async () => {
    const code = new SampleRepository();
    const file = join(host.dir, 'killed');
    const own = await job('odd', code, `0 0 1 1 * [ -e ${file} ] && kill -9 $PPID; : >${file}`);
    await own.run({ kind: 'deploy' });
    const [line = ''] = linesOf(own);
    runAsCron(line, host.dir);
    expect(await placementNow(own)).toMatchObject({ state: 'reachable' });
    runAsCron(line, host.dir);
    expect(await placementNow(own)).toMatchObject({ state: 'failed', message: 'job_lost' });
    const folder = join(host.hostPath, '.cedar/test_odd/job');
    expect(existsSync(folder)).toBe(true);
    await own.run({ kind: 'remove-host' });
    expect([crontabNow(), existsSync(folder)]).toEqual(['', false]);
  });

  it('[S49] goes into cron.d where the host allows it, as a user whom it allows, and leaves the crontab', async () => {
    const code = new SampleRepository();
    const me = userInfo().username;
    const out = join(host.dir, 'cron-out');
    const own = await job('rooted', code, `7 0 1 1 * echo "$WORD $(cat version)" >>${out}`);
    await own.changeEnv({ WORD: 'hello' }, true);
    await own.run({ kind: 'deploy' });
    const cronDir = join(host.dir, 'cron.d');
    mkdirSync(cronDir);
    const asked = join(host.dir, 'sudo-log');
    const sudo = join(host.dir, 'sudo');
    writeFileSync(sudo, sudoFor(me, asked), { mode: 0o755 });
    const choose = (cron_user: string) =>
      own.change({ options: { ...own.project.settings.options, place: 'cron-d', cron_user } });
    await choose(me);
    await fails(own, { kind: 'deploy' }, 'cron_d_off');
    await hostHas({ cronDir, cronUsers: ['nobody'], cronSudo: [sudo, '-n'] });
    await fails(own, { kind: 'deploy' }, 'cron_d_user');
    expect(linesOf(own)).toHaveLength(1);
    await hostHas({ cronUsers: [me, 'nobody'] });
    await own.run({ kind: 'deploy' });
    expect(crontabNow()).toBe('');
    expect(readdirSync(cronDir)).toEqual(['test_rooted']);
    const row = readFileSync(join(cronDir, 'test_rooted'), 'utf8')
      .split('\n')
      .find((line) => /^\d/.test(line))!;
    expect(row.startsWith(`7 0 1 1 * ${me} /bin/sh `)).toBe(true);
    expect(readFileSync(asked, 'utf8')).toMatch(/install -o root -g root -m 644 block/);
    expect(runAsCron(row.replace(` ${me} `, ' '), host.dir)).toEqual({ code: 0, output: '' });
    expect(readFileSync(out, 'utf8')).toBe('hello v1\n');
    expect(await placementNow(own)).toMatchObject({ state: 'reachable', message: 'job_done' });
    await own.run({ kind: 'stop' });
    expect(readdirSync(cronDir)).toEqual([]);
    expect(await placementNow(own)).toMatchObject({ state: 'stopped', message: 'job_absent' });
  });

  it('[S49] is refused with a schedule that is none, and without a crontab, before anything is touched', async () => {
    const code = new SampleRepository();
    const own = await job('wrong', code, '* * * * * root reboot');
    await fails(own, { kind: 'deploy' }, 'schedule');
    await own.change({ options: { schedule: '@daily true' } });
    await crontabIs(['false']);
    await fails(own, { kind: 'deploy' }, 'no_crontab');
    expect(own.current(host)).toBeNull();
    const reads = join(host.dir, 'reads-only');
    writeFileSync(
      reads,
      '#!/bin/sh\n[ "$1" = -l ] && echo "# mine" || { echo "crontab is full" >&2; exit 1; }\n',
    );
    chmodSync(reads, 0o755);
    await crontabIs([reads]);
    const { failure } = await fails(own, { kind: 'deploy' }, 'action_schedule');
    expect(failure.tail).toContain('crontab is full');
    await crontabIs(crontabCommand);
    setCrontab(`# BEGIN CedarDeploy ${host.hostPath}/test_wrong\n# the end was lost\n1 1 1 1 * precious\n`);
    await fails(own, { kind: 'deploy' }, 'action_schedule');
    expect(crontabNow()).toContain('precious');
    expect(existsSync(join(host.hostPath, '.cedar/test_wrong/job/run'))).toBe(true);
  });
});
