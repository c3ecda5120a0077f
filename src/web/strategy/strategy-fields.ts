import { z } from 'zod';
import { type Strategy, strategySchema } from '../../model/strategy.ts';
import { whole } from '../setup/setup-fields.ts';

const { kind, batch, onFailure } = strategySchema.shape;

/** A form's fields of a strategy: on the project's page, and on the deploy page for one run. */
export const strategyShape = {
  strategyKind: kind,
  strategyBatch: z.string().trim().pipe(batch),
  strategyCanary: whole(1, 1000),
  strategyWait: whole(0, 604_800),
  strategyWell: whole(0, 10_000),
  strategyFailures: whole(0, 10_000),
  strategyEnd: onFailure,
};

type StrategyForm = z.output<z.ZodObject<typeof strategyShape>>;

/** The values that the fields begin with. */
export function strategyValues(strategy: Strategy): Record<keyof StrategyForm, string | number> {
  return {
    strategyKind: strategy.kind,
    strategyBatch: strategy.batch,
    strategyCanary: strategy.canary,
    strategyWait: strategy.waitSeconds,
    strategyWell: strategy.minHealthy,
    strategyFailures: strategy.maxFailures,
    strategyEnd: strategy.onFailure,
  };
}

/** What the fields say. */
export function strategyIn(form: Partial<StrategyForm>): Strategy {
  return strategySchema.parse({
    kind: form.strategyKind,
    batch: form.strategyBatch,
    canary: form.strategyCanary,
    waitSeconds: form.strategyWait,
    minHealthy: form.strategyWell,
    maxFailures: form.strategyFailures,
    onFailure: form.strategyEnd,
  });
}
