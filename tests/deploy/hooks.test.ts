import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type HookPlace, type Hooks, hookPlaces } from '../../src/model/hooks.ts';
import * as steps from '../../src/store/steps.ts';
import { Rig } from '../lab/rig.ts';
import { build, story } from './story.ts';

let rig: Rig;
const ledger = join(mkdtempSync(join(tmpdir(), 'cedar-hooks-')), 'ledger');

beforeAll(async () => {
  rig = await Rig.start();
  rig.startWorker();
});

/** A hook at every place, each of which writes its name, its host and what `more` prints. */
function hooks(file: string, over: Partial<Record<HookPlace, string>> = {}): Hooks {
  const command = (place: HookPlace) => over[place] ?? `echo "${place} $CEDAR_HOST" | tr -s ' ' >> ${file}`;
  return Object.fromEntries(
    hookPlaces.map((place) => [place, { command: command(place), timeoutSeconds: 20, repeatable: false }]),
  );
}

const lines = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);

describe.concurrent('hooks', { timeout: 120_000 }, () => {
  it('run once each, in their order, and not where nothing is built', async () => {
    const file = `${ledger}-order`;
    const own = await story(rig, 'order', { hooks: hooks(file), build: build(`echo build >> ${file}`) });
    await own.run({ kind: 'deploy' });
    const around = [
      'host-before-switch h1',
      'host-after-switch h1',
      'host-before-switch h2',
      'host-after-switch h2',
    ];
    expect(lines(file).map((line) => line.trim())).toEqual([
      ...['before-build', 'build', 'after-build', 'before-switch'],
      ...around,
      'after-switch',
    ]);
    const again = await own.run({ kind: 'deploy' });
    expect(
      lines(file)
        .slice(9)
        .map((line) => line.trim()),
    ).toEqual(['before-switch', ...around, 'after-switch']);
    const rows = await steps.ofOperation(rig.db, again.id);
    expect(rows.find((row) => row.name === 'before-build')?.state).toBe('skipped');
    for (const kind of ['restart', 'stop'] as const) await own.run({ kind });
    await own.run({ kind: 'fast-rollback', releaseId: again.releaseId });
    expect(lines(file)).toHaveLength(15);
    await own.run({ kind: 'rollback', releaseId: again.releaseId });
    expect(lines(file)).toHaveLength(21);
  });
});
