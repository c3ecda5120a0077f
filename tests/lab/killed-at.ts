import type { Request } from '../../src/deploy/launch.ts';
import type { Operation } from '../../src/model/operation.ts';
import type { Rig } from './rig.ts';
import type { WorkerProcess } from './worker-process.ts';

/**
 * Runs an operation whose worker is killed with SIGKILL at a point such as `switch@h1:done`; another worker takes it
 * up. `worker` is the one that runs before; the one that runs afterwards is given back.
 * @throws Error where the operation did not succeed
 */
export async function killedAt(
  rig: Rig,
  worker: WorkerProcess,
  point: string,
  request: Partial<Request> & Pick<Request, 'kind'>,
): Promise<{ operation: Operation; worker: WorkerProcess }> {
  await worker.kill();
  const doomed = rig.startWorker({ CEDAR_FAIL: point });
  const { id } = await rig.launch(request);
  const { signal } = await doomed.exited;
  if (signal !== 'SIGKILL') throw new Error(`the worker ended with ${signal}, not at ${point}`);
  const next = rig.startWorker();
  const operation = await rig.ended(id);
  if (operation.state === 'succeeded') return { operation, worker: next };
  throw new Error(`${operation.state}: ${JSON.stringify(operation.failure)}\n${await rig.logOf(id)}`);
}
