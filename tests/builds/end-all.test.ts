import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runBuild } from '../../src/builds/build.ts';
import { endAllBuilds } from '../../src/builds/end-all.ts';
import { procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';

const dir = mkdtempSync(join(tmpdir(), 'cedar-ends-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('ends every build that runs, and bears a folder without any', async () => {
  const operation = join(dir, 'builds', 'test_shop', 'op');
  const workspace = join(operation, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const running = runBuild({
    runDir: join(operation, 'run-1'),
    workspace,
    command: 'echo $$ > pid; exec sleep 300',
    env: { PATH: process.env.PATH ?? '' },
    timeoutSeconds: 300,
    idleSeconds: 300,
    fromOffset: 0,
    onOutput: () => undefined,
  });
  const pidFile = join(workspace, 'pid');
  await until('the build runs', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').length > 1);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  await endAllBuilds(join(dir, 'builds'));
  expect((await running).ended).toBe('cancelled');
  expect(procOf(pid)).toBeNull();
  await endAllBuilds(join(dir, 'nowhere'));
});
