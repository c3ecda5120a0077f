import { expect } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { isSame, type Proc, procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import type { Request } from '../../src/deploy/launch.ts';
import { readLocale } from '../../src/i18n/index.ts';
import type { Failure, Operation, OperationHostState } from '../../src/model/operation.ts';
import type { ProjectSettings } from '../../src/model/project.ts';
import * as locks from '../../src/store/locks.ts';
import * as operationHosts from '../../src/store/operation-hosts.ts';
import * as steps from '../../src/store/steps.ts';
import type { Rig } from '../lab/rig.ts';

export type Asked = Partial<Request> & Pick<Request, 'kind'>;

/** What runs on a host: its answer, the process behind it, and how often it was started. */
export type Seen = { host: FleetHost; version: string; proc: Proc; starts: number; release: string | null };

export function build(
  command: string,
  more: Partial<ProjectSettings['build']> = {},
): ProjectSettings['build'] {
  return { command, timeoutSeconds: 60, idleSeconds: 30, repeatable: false, output: '', ...more };
}

/** The same machines and the same worker with a project of their own, so that stories run side by side. */
export async function story(rig: Rig, name: string, settings: Partial<ProjectSettings> = {}): Promise<Rig> {
  const own: Rig = Object.create(rig);
  await own.addProject(name, settings);
  return own;
}

/** As `story`, with its first release running on all hosts. */
export async function running(rig: Rig, name: string, settings: Partial<ProjectSettings> = {}): Promise<Rig> {
  const own = await story(rig, name, settings);
  await own.run({ kind: 'deploy' });
  return own;
}

export async function seen(rig: Rig, host: FleetHost): Promise<Seen> {
  const starts = rig.starts(host);
  const proc = procOf(starts.at(-1)!.pid)!;
  return { host, version: await rig.version(host), proc, starts: starts.length, release: rig.current(host) };
}

/** The very process of before answers the same on the same release. */
export async function expectUntouched(rig: Rig, before: Seen): Promise<void> {
  const { host, version, proc, starts, release } = before;
  expect(isSame(proc), `the process on ${host.name} is the one of before`).toBe(true);
  expect(await rig.version(host)).toBe(version);
  expect(rig.starts(host)).toHaveLength(starts);
  expect(rig.current(host)).toBe(release);
}

/** Nothing of an operation that is over may look as if it still went on, and its project is free. */
export async function expectOver(rig: Rig, { id }: Operation): Promise<void> {
  const journal = await steps.ofOperation(rig.db, id);
  expect(journal.filter((row) => row.state === 'intent' || row.state === 'pending')).toEqual([]);
  const states = (await operationHosts.ofOperation(rig.db, id)).map((host) => host.state);
  expect(states).not.toContain('active');
  expect(states).not.toContain('waiting');
  expect(await locks.ofProject(rig.db, rig.project.id)).toMatchObject({ operationId: null, owner: null });
}

/** Runs an operation that must fail, and gives its card after all that is asked of every card. */
export async function fails(
  rig: Rig,
  request: Asked,
  code: string,
): Promise<Operation & { failure: Failure }> {
  const operation = await rig.run(request, 'failed');
  const { failure } = operation;
  expect(failure?.code, JSON.stringify(failure)).toBe(code);
  expectReadable(failure!);
  await expectOver(rig, operation);
  return { ...operation, failure: failure! };
}

/** The card has a sentence in both languages, and all of its places are filled. */
export function expectReadable(failure: Failure): void {
  for (const language of ['en', 'zh-CN'] as const) {
    const texts = readLocale(language);
    const text = String(texts.failure?.[failure.code] ?? texts.error?.[failure.code] ?? '');
    expect(text, `${language} has no text for ${failure.code}`).not.toBe('');
    const places = [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]!);
    for (const place of places) expect(Object.keys(failure.detail), text).toContain(place);
  }
}

export async function hostStates(rig: Rig, { id }: Pick<Operation, 'id'>): Promise<OperationHostState[]> {
  return (await operationHosts.ofOperation(rig.db, id)).map((host) => host.state);
}

/** Waits until a step of the operation is in one of these states; `step` is its name, with `@h1` where it has a host. */
export async function stepIs(rig: Rig, id: string, step: string, states: string[]): Promise<void> {
  const [name, host] = step.split('@');
  const hostId = rig.hostIds[rig.fleet.findIndex((one) => one.name === host)] ?? null;
  await until(
    `${step} is ${states}`,
    async () =>
      (await steps.ofOperation(rig.db, id)).some(
        (row) => row.name === name && row.hostId === hostId && states.includes(row.state),
      ),
    30_000,
    10,
  );
}
