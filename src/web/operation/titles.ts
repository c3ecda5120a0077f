import { hasText, type Translate } from '../../i18n/index.ts';
import type { StepRow } from '../../model/step.ts';

/** Steps between two waves of hosts: their process is the number of the wave. */
const gates = new Set(['wait', 'healthy']);

/** A step in words: its title, with the process or wave counted from 1. A name without a text stands for itself. */
export function stepTitle(t: Translate, step: Pick<StepRow, 'name' | 'process'>): string {
  const title = hasText(`step.${step.name}`) ? t(`step.${step.name}`) : step.name;
  if (step.process === null) return title;
  if (gates.has(step.name)) return t('operations.of_wave', { title, number: step.process + 1 });
  return t('operations.of_process', { title, number: step.process + 1 });
}
