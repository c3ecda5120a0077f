import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { until } from '../../src/demo/fleet/until.ts';
import { type HookPlace, hookPlaces } from '../../src/model/hooks.ts';
import * as steps from '../../src/store/steps.ts';
import { Rig } from '../lab/rig.ts';
import { processesBelow } from './kill/witness.ts';
import { story } from './story.ts';

let rig: Rig;
const dir = mkdtempSync(join(tmpdir(), 'cedar-hooks-'));
// hooks write here, whoever they run as
chmodSync(dir, 0o777);

/** As in production where it can be had: hooks as another user, who outlives the worker just the same. */
const apart =
  process.getuid?.() === 0
    ? {
        ...{ CEDAR_BUILD_ISOLATION: 'user', CEDAR_BUILD_USER: 'nobody' },
        CEDAR_BUILD_FIRST_GROUP: String(1_900_000_000 + process.pid * 10),
      }
    : {};

beforeAll(async () => {
  rig = await Rig.start({ hosts: 1 });
});

/** One deploy whose hook at this place waits in the middle; its ledger shows each begin and each end. */
type Waiting = { own: Rig; id: string; place: HookPlace; file: string; repeatable: boolean };

async function waiting(name: string, place: HookPlace, repeatable = false): Promise<Waiting> {
  const file = join(dir, name);
  const command = `echo begun >> ${file}; while [ ! -e ${file}.go ]; do sleep 0.05; done; echo over >> ${file}`;
  const own = await story(rig, name, { hooks: { [place]: { command, timeoutSeconds: 60, repeatable } } });
  const { id } = await own.launch({ kind: 'deploy' });
  return { own, id, place, file, repeatable };
}

const ledger = ({ file }: Waiting) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
const begins = (one: Waiting) => ledger(one).filter((line) => line === 'begun').length;
const runFolder = ({ own, id, place }: Waiting) =>
  join(rig.env.CEDAR_DATA_DIR!, 'builds', own.project.key, id, `run-${place}-1`);

/** Ends the process that watches over a hook on the deploy machine, and so the knowledge of what became of it. */
function killWarden(one: Waiting): void {
  process.kill(JSON.parse(readFileSync(join(runFolder(one), 'pid'), 'utf8')).pid, 'SIGKILL');
}

it('a worker that is killed in the middle of a hook, at any place, makes none run twice', {
  timeout: 120_000,
}, async () => {
  const worker = rig.startWorker({ ...apart, CEDAR_WORKER_SLOTS: '10' });
  const joined: Waiting[] = [];
  for (const place of hookPlaces) joined.push(await waiting(`at-${place}`, place));
  const lost = await waiting('lost', 'before-switch');
  const again = await waiting('again', 'before-switch', true);
  const elsewhere = await waiting('elsewhere', 'before-switch');
  const all = [...joined, lost, again];
  const begun = () => [...all, elsewhere].every((one) => begins(one) === 1);
  await until('all hooks are in the middle', begun, 60_000);
  await worker.kill();
  for (const one of [lost, again]) killWarden(one);
  killWarden(elsewhere);
  rmSync(join(runFolder(elsewhere), '..'), { recursive: true });
  await pretendElsewhere(elsewhere);

  rig.startWorker({ ...apart, CEDAR_WORKER_SLOTS: '10' });
  await until('the repeatable one runs again', () => begins(again) === 2, 60_000);
  for (const { file } of [...all, elsewhere]) writeFileSync(`${file}.go`, '');
  for (const one of joined) {
    const operation = await one.own.ended(one.id);
    expect(operation.state, `${one.place} ${JSON.stringify(operation.failure)}`).toBe('succeeded');
    expect(ledger(one), one.place).toEqual(['begun', 'over']);
  }
  expect(await again.own.ended(again.id)).toMatchObject({ state: 'succeeded' });
  for (const [one, code] of [
    [lost, 'hook_lost'],
    [elsewhere, 'hook_elsewhere'],
  ] as const) {
    const operation = await one.own.ended(one.id);
    expect(operation).toMatchObject({
      state: 'needs-attention',
      failure: { code, stepKey: 'before-switch' },
    });
    expect(
      ledger(one).filter((line) => line === 'begun'),
      code,
    ).toHaveLength(1);
    expect(one.own.current(one.own.fleet[0]!)).toBeNull();
  }
  await until('nothing is left', () => processesBelow(rig.env.CEDAR_DATA_DIR!).length === 0, 10_000);
});

/** As a worker of another machine finds it: no run of its own, and the journal says where it was begun. */
async function pretendElsewhere({ own, id, place }: Waiting): Promise<void> {
  const row = (await steps.ofOperation(own.db, id)).find((step) => step.name === place)!;
  expect(row.evidence.machine).toEqual(expect.any(String));
  await own
    .db('steps')
    .where({ id: row.id })
    .update({ evidence: JSON.stringify({ machine: 'builder-2 another-boot' }) });
}
