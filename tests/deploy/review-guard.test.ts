import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FleetHost } from '../../src/demo/fleet/host.ts';
import { descendantsOf, procOf } from '../../src/demo/fleet/proc.ts';
import { until } from '../../src/demo/fleet/until.ts';
import type { HostSnapshot } from '../../src/model/operation.ts';
import type { Guard } from '../../src/shells/guard/guard.ts';
import { guardedHost } from '../lab/guarded-host.ts';

let guard: Guard;
let host: HostSnapshot;
let fleetHost: FleetHost;

beforeAll(async () => {
  ({ guard, host, fleetHost } = await guardedHost());
});

/** An action that goes on until it is told to end. */
function waiting(projectKey: string) {
  const ledger = join(mkdtempSync(join(tmpdir(), 'cedar-ledger-')), 'ledger');
  const action = `echo $$ >> ${ledger}; while ! [ -f ${ledger}.go ]; do sleep 0.05; done; echo end`;
  return {
    result: guard
      .run(host, { projectKey, fence: 1, key: 'op.step.1', action, timeoutSeconds: 60 })
      .catch((error: Error) => error),
    begun: () => until('the action began', () => existsSync(ledger)),
    pids: () => readFileSync(ledger, 'utf8').trim().split('\n').map(Number),
    go: () => writeFileSync(`${ledger}.go`, ''),
  };
}

describe('an action whose answer was lost', () => {
  it('is asked for again where the guard was killed and the action went on', async () => {
    const { result, begun, pids, go } = waiting('test_killed');
    await begun();
    const timeout = procOf(pids()[0]!)!.parent;
    const wrapper = procOf(timeout)!.parent;
    process.kill(procOf(wrapper)!.parent, 'SIGKILL');
    go();
    expect(await result).toMatchObject({ rc: 0, out: 'end\n', replayed: true });
    expect(pids()).toHaveLength(1);
  });

  it('is asked for again when a host that was away for seconds is back', async () => {
    const { result, begun, pids, go } = waiting('test_away');
    await begun();
    const connections = descendantsOf(fleetHost.sshdPid).filter(({ parent }) => parent === fleetHost.sshdPid);
    process.kill(fleetHost.sshdPid, 'SIGKILL');
    for (const { pid } of connections) if (procOf(pid)) process.kill(pid, 'SIGKILL');
    go();
    const away = performance.now();
    await until('it was away for three seconds', () => performance.now() - away > 3000);
    await fleetHost.startSshd();
    expect(await result).toMatchObject({ rc: 0, out: 'end\n', replayed: true });
    expect(pids()).toHaveLength(1);
  });
});
