import { messageOf } from '../errors.ts';
import { logger } from '../logger.ts';
import type { Failure } from '../model/operation.ts';
import * as operations from '../store/operations.ts';
import { failureOf, StepFailed } from './failure.ts';
import { OperationStopped } from './operation-stopped.ts';
import type { Run } from './run.ts';

/** Looks for a wish to cancel twice a second; before anything live is touched it ends what runs. */
export class Cancellation {
  readonly #run: Run;
  readonly #timer: NodeJS.Timeout;
  readonly #controller = new AbortController();
  asked = false;

  constructor(run: Run) {
    this.#run = run;
    this.#timer = setInterval(
      () =>
        void this.#look().catch((error) =>
          logger.warn({ error: messageOf(error) }, 'could not look for a cancel'),
        ),
      500,
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** @throws OperationStopped `cancelled` */
  async check(): Promise<void> {
    await this.#look();
    if (!this.asked) return;
    throw new OperationStopped(cancelled(this.#run, { stepKey: null, hostId: null }), false);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const found = await this.#run.read((db) => operations.byId(db, this.#run.operation.id));
    if (!found?.cancelRequestedAt) return;
    this.asked = true;
    this.#run.operation.cancelRequestedBy = found.cancelRequestedBy;
    this.#controller.abort();
  }
}

/** The card of a cancelled operation: who wished it, and where it was then. */
export function cancelled(run: Run, { stepKey, hostId }: Pick<Failure, 'stepKey' | 'hostId'>): Failure {
  const by = run.operation.cancelRequestedBy ?? '';
  return failureOf(new StepFailed('cancelled', { by }), { stepKey, hostId }, run.forms);
}
