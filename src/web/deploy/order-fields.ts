import type { Project } from '../../model/project.ts';
import type { FormField } from '../field.ts';
import { strategyValues } from '../strategy/strategy-fields.ts';

/** Minutes that a busy project is waited for, unless told. */
const GRACE = 15;

/** True where a field of the strategy was refused: it must be seen. */
export function isStrategyWrong(fields: Record<string, FormField>): boolean {
  return Object.values(fields).some(({ name, error }) => error !== null && name.startsWith('strategy'));
}

/** What the deploy page's fields of strategy and time begin with. */
export function orderFields(project: Project) {
  return {
    ownStrategy: false,
    ...strategyValues(project.settings.strategy),
    at: '',
    grace: GRACE,
    source: '',
  };
}
